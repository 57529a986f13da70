"""What the turns of loops do: as often as there are rows, once, or for portions of them."""

from archlint.project.turns.growing import given_by_callers as given_by_callers
from archlint.project.turns.growing import model_of as model_of
from archlint.project.turns.growing import model_of_rows as model_of_rows
from archlint.project.turns.growing import multiplying as multiplying
from archlint.project.turns.growing import pinned as pinned
from archlint.project.turns.growing import shown as shown
from archlint.project.turns.portions import Region as Region
from archlint.project.turns.portions import filling_memos as filling_memos
