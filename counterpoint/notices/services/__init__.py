"""The door of the room: everything that others may call."""

from counterpoint.notices.queries import acknowledged as acknowledged
from counterpoint.notices.services.gate import check_read as check_read
from counterpoint.notices.services.gate import override as override
from counterpoint.notices.services.operations import add_operations as add_operations
from counterpoint.notices.services.operations import operations as operations
from counterpoint.notices.services.publishing import publish as publish
from counterpoint.notices.services.publishing import send_back as send_back
from counterpoint.notices.services.publishing import withdraw as withdraw
from counterpoint.notices.services.reading import acknowledge as acknowledge
from counterpoint.notices.services.reading import coverage as coverage
from counterpoint.notices.services.reading import current as current
from counterpoint.notices.services.reading import for_meeting as for_meeting
from counterpoint.notices.services.reading import join as join
from counterpoint.notices.services.reading import notices_about as notices_about
from counterpoint.notices.services.reading import search as search
from counterpoint.notices.services.reading import supervises as supervises
from counterpoint.notices.services.reading import version as version
from counterpoint.notices.services.reading import watched as watched
from counterpoint.notices.services.reading import writes as writes
from counterpoint.notices.services.reminders import remind_due as remind_due
from counterpoint.notices.services.reminders import watch as watch
from counterpoint.notices.services.writing import change_draft as change_draft
from counterpoint.notices.services.writing import draft_notice as draft_notice
from counterpoint.notices.services.writing import drop as drop
from counterpoint.notices.services.writing import revise_notice as revise_notice
from counterpoint.notices.services.writing import submit as submit
