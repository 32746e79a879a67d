"""What one reader of the page may use of the machine."""

from ..files import MOST_BYTES as MOST_BYTES

# What a page takes: beyond these, the command line is the place.
MOST_ROWS = 500
MOST_CHARACTERS_A_CELL = 20_000
# A message carries an upload as text, a third longer than its bytes.
MOST_BYTES_A_MESSAGE = 8_000_000
MOST_MEMORY_MB = 1_500
MOST_SESSIONS = 40
SECONDS_AN_ANSWER = 120
SECONDS_IDLE = 3_600
# How the process that sessions are forked from is told of which cases.
DATA = "CASETIMELINE_APP_DATA"
FIRST = "CASETIMELINE_APP_CASE"
