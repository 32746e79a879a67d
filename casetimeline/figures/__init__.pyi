from .axes.axis import (
    TimeAxis as TimeAxis,
    order_axis as order_axis,
)
from .axes.lasting import goes_on as goes_on, is_mark as is_mark, is_open as is_open, is_single as is_single
from .blocks import (
    Entry as Entry,
    TextRow as TextRow,
    draw_footer as draw_footer,
    lay_footer as lay_footer,
    lay_row as lay_row,
    table_axes as table_axes,
)
from .change import draw_change as draw_change
from .claims import draw_claims as draw_claims
from .clinical_course import (
    ELSEWHERE as ELSEWHERE,
    draw_course as draw_course,
)
from .context import draw_context as draw_context
from .course.flags import (
    HAPPENED as HAPPENED,
    state_words as state_words,
)
from .course.rows import (
    reference_regimen as reference_regimen,
    rows_on as rows_on,
)
from .course.treatments import (
    BAR_LOOKS as BAR_LOOKS,
    MAY_GO_ON as MAY_GO_ON,
    STOP_MARK as STOP_MARK,
    span_of as span_of,
)
from .drawn import (
    WHO as WHO,
    alt_text as alt_text,
    describe as describe,
    drawn_values as drawn_values,
    notes_of as notes_of,
    summarise_drawn as summarise_drawn,
    tag as tag,
    why_blank as why_blank,
)
from .files.export import (
    drawn_width as drawn_width,
    export_case as export_case,
    figure_files as figure_files,
)
from .files.presets import (
    PRESETS as PRESETS,
    PROOF as PROOF,
    Preset as Preset,
    preset_faults as preset_faults,
)
from .files.proof import (
    proof_table as proof_table,
    prove_folder as prove_folder,
)
from .files.publish import (
    colophon as colophon,
    encode_png as encode_png,
    new_figure as new_figure,
    publish as publish,
    render_raster as render_raster,
    render_svg as render_svg,
    show as show,
    without_notes as without_notes,
)
from .files.rests import (
    marks_from as marks_from,
    marks_of as marks_of,
    told_and_drawn as told_and_drawn,
)
from .gallery import (
    FIGURES as FIGURES,
    draw_figures as draw_figures,
    draw_in_parts as draw_in_parts,
    names_of as names_of,
)
from .regimen import draw_regimen as draw_regimen
from .reported import draw_reported as draw_reported
from .style import (
    ANSWER_MARKS as ANSWER_MARKS,
    BLUE as BLUE,
    GREY as GREY,
    INK as INK,
    LINE as LINE,
    NOT_ASKED_MARKS as NOT_ASKED_MARKS,
    ORANGE as ORANGE,
    SKY as SKY,
    SMALL as SMALL,
    STATE_MARKS as STATE_MARKS,
    add_axes as add_axes,
    add_text as add_text,
    check_width as check_width,
    families_for as families_for,
    figure_style as figure_style,
    house_style as house_style,
    legible as legible,
    letters_note as letters_note,
    minus as minus,
    text_height as text_height,
    text_width as text_width,
    with_letters as with_letters,
    wrap as wrap,
)
from .trajectory import (
    draw_trajectory as draw_trajectory,
)
