"""What insight offers the rooms above: the branch twin 网点孪生."""

from counterpoint.insight.services.twin import plain as plain
from counterpoint.insight.services.twin import read_model as read_model
from counterpoint.insight.services.twin import result_lines as result_lines
from counterpoint.insight.services.twin import run_model as run_model
