from .change import draw_change as draw_change
from .claims import draw_claims as draw_claims
from .context import draw_context as draw_context
from .drawn import (
    alt_text as alt_text,
    describe as describe,
    drawn_values as drawn_values,
    summarise_drawn as summarise_drawn,
)
from .export import (
    drawn_width as drawn_width,
    export_case as export_case,
    figure_files as figure_files,
)
from .gallery import (
    FIGURES as FIGURES,
    draw_figures as draw_figures,
    names_of as names_of,
)
from .presets import (
    PRESETS as PRESETS,
    PROOF as PROOF,
    Preset as Preset,
)
from .profile import draw_profile as draw_profile
from .proof import (
    proof_table as proof_table,
    prove_folder as prove_folder,
)
from .publish import (
    colophon as colophon,
    encode_png as encode_png,
    publish as publish,
    render_raster as render_raster,
    render_svg as render_svg,
    show as show,
)
from .regimen import draw_regimen as draw_regimen
from .reported import draw_reported as draw_reported
from .rests import (
    marks_of as marks_of,
)
from .style import (
    families_for as families_for,
    house_style as house_style,
    legible as legible,
)
from .timeline import draw_timeline as draw_timeline
from .trajectory import (
    draw_trajectory as draw_trajectory,
)
