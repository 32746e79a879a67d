"""What a reader of the page may use of the machine, and the variables that name the cases to the processes."""

from ..files import MOST_BYTES as MOST_BYTES

# The largest case that the page edits. Larger ones are for the command line.
MOST_ROWS = 500
MOST_CHARACTERS_A_CELL = 20_000
# The measures.csv of a case, which the page keeps and does not show.
MOST_CHARACTERS_OF_MEASURES = 200_000
# An upload is sent in base64, which is a third longer than its bytes.
MOST_BYTES_A_MESSAGE = 8_000_000
MOST_MEMORY_MB = 1_500
MOST_SESSIONS = 40
SECONDS_AN_ANSWER = 120
SECONDS_IDLE = 3_600
# The environment of the process that sessions are forked from: the folder of the cases, and the first of them.
DATA = "CASETIMELINE_APP_DATA"
FIRST = "CASETIMELINE_APP_CASE"
