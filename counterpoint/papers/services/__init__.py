"""The verbs and reads of the papers, for every room above."""

from counterpoint.papers.labels import KINDS as KINDS
from counterpoint.papers.services.decoding import text_of as text_of
from counterpoint.papers.services.discarding import discard as discard
from counterpoint.papers.services.discarding import retained_until as retained_until
from counterpoint.papers.services.keeping import check_length as check_length
from counterpoint.papers.services.keeping import keep as keep
from counterpoint.papers.services.keeping import limits as limits
from counterpoint.papers.services.readers import papers_to_attach as papers_to_attach
from counterpoint.papers.services.readers import register_reader as register_reader
from counterpoint.papers.services.readers import subject_for as subject_for
from counterpoint.papers.services.reading import kept_today as kept_today
from counterpoint.papers.services.reading import look as look
from counterpoint.papers.services.reading import look_once as look_once
from counterpoint.papers.services.reading import looks_of as looks_of
from counterpoint.papers.services.reading import paper as paper
from counterpoint.papers.services.reading import papers_of as papers_of
from counterpoint.papers.services.reading import preview as preview
