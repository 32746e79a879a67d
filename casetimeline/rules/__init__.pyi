from .claims import (
    evaluate_claims as evaluate_claims,
)
from .comparison import (
    derive_context as derive_context,
)
from .limits import (
    error_limits as error_limits,
    largest_analytical_cv as largest_analytical_cv,
    smallest_detectable_change as smallest_detectable_change,
)
from .regression import (
    derive_regression as derive_regression,
)
from .required import (
    derive_required as derive_required,
    limits_of as limits_of,
)
from .rules import (
    OF_A_VALUE as OF_A_VALUE,
    compare_rules as compare_rules,
    evaluate_rules as evaluate_rules,
    is_needless as is_needless,
)
