"""The door of the room: everything that others may call.

A room above brings its letters in ``AppConfig.ready``: ``add_kind("notices", title)``, with a dated rule
``mail.way.notices`` of how they come, and ``add_template("notices.published", kind="notices")``, with the
files ``notices/letters/published.zh.txt`` and ``….en.txt`` among its templates: a first line that is the
subject, an empty line, the text. ``data`` fills them in; it never holds a customer's data. Then:

- ``post(to=ids, template=, data=, key=, link=, about=, urgent=, calendar=, by=)`` writes to people. It
  belongs into the verb that makes the news: both are committed, or neither. The same ``key`` reaches a
  person once, ever.
- ``announce(branches=ids, template=, data=, key=, link=, about=, urgent=, by=)`` tells the robots of these
  branches, and those of the whole bank, that take this kind.
- ``post_to_address(address=, consent=, template=, data=, key=, language=, calendar=, by=)`` writes to a
  customer's address. Without ``consent=True`` it is refused; ``calendar`` is an iCalendar text (``.ics``)
  that goes along, such as an appointment's. Address and content are erased after ``mail.outside_days``.
- ``withdraw(about=, by=)`` takes back what has not gone yet of everything about one thing.
"""

from counterpoint.mail.queries import arrived as arrived
from counterpoint.mail.queries import bots as bots
from counterpoint.mail.queries import letters as letters
from counterpoint.mail.queries import standing as standing
from counterpoint.mail.services.addresses import address_of as address_of
from counterpoint.mail.services.addresses import ask_address as ask_address
from counterpoint.mail.services.addresses import set_addresses as set_addresses
from counterpoint.mail.services.addresses import verify_address as verify_address
from counterpoint.mail.services.catalogue import add_kind as add_kind
from counterpoint.mail.services.catalogue import add_template as add_template
from counterpoint.mail.services.catalogue import announced_kinds as announced_kinds
from counterpoint.mail.services.catalogue import kinds as kinds
from counterpoint.mail.services.chats import add_bot as add_bot
from counterpoint.mail.services.chats import try_bot as try_bot
from counterpoint.mail.services.chats import turn_bot as turn_bot
from counterpoint.mail.services.choosing import choose as choose
from counterpoint.mail.services.choosing import preference_of as preference_of
from counterpoint.mail.services.outbox import send_due as send_due
from counterpoint.mail.services.outbox import watch as watch
from counterpoint.mail.services.posting import announce as announce
from counterpoint.mail.services.posting import checked_mailbox as checked_mailbox
from counterpoint.mail.services.posting import post as post
from counterpoint.mail.services.posting import post_to_address as post_to_address
from counterpoint.mail.services.posting import retry as retry
from counterpoint.mail.services.posting import withdraw as withdraw
