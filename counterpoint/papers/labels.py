"""What kinds, classes and refusals are called on screens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from counterpoint.papers.data import Media, PaperKind, Retention

KINDS = {
    PaperKind.ID_COPY: _("Copy of an identity document"),
    PaperKind.PHOTO: _("Photo"),
    PaperKind.SCAN: _("Scan"),
    PaperKind.FORM: _("Filled-in form"),
    PaperKind.CONTRACT: _("Contract"),
    PaperKind.PROOF: _("Supporting document"),
    PaperKind.OTHER: _("Other paper"),
}
RETENTIONS = {
    Retention.IDENTITY: _("Identity records"),
    Retention.VOUCHER: _("Accounting vouchers"),
    Retention.WORK: _("Working papers"),
}
MEDIA = {Media.JPEG: "JPEG", Media.PNG: "PNG", Media.WEBP: "WebP", Media.TIFF: "TIFF", Media.PDF: "PDF",
         Media.DOCX: "DOCX", Media.XLSX: "XLSX"}  # fmt: skip

#: Why a file is not kept: what a person reads, by the word that machines read.
REFUSALS = {
    "empty": _("The file is empty."),
    "archive": _("This is an archive. Its files are not opened here."),
    "office": _("This is an Office document."),
    "program": _("This is a program."),
    "picture": _("This kind of picture is not kept."),
    "film": _("This is a film."),
    "drawing": _("This is an SVG drawing, which can carry scripts."),
    "markup": _("This is a web page or an XML file."),
    "unknown": _("This is no picture and no PDF."),
    "hidden": _("Another file is hidden in this one."),
    "broken": _("The file is broken or cut off."),
    "moving": _("This is a moving picture."),
    "pixels": _("The picture has too many pixels: a paper has %(megapixels)s million at most."),
    "pages": _("The file has too many pages: a paper has %(pages)s at most."),
    "encrypted": _("The PDF is encrypted or protected by a password."),
    "macros": _("The document carries macros."),
    "huge": _("What is packed in the document is too large."),
    "active": _("The PDF carries a script, a form that sends itself, or files of its own."),
    "slow": _("The file takes too long to read."),
    "lies": _("The name says “.%(ending)s”, but the file is a %(media)s."),
}

#: The dated rules that a refusal names.
RULES = {
    "megabytes": _("Size of a paper"),
    "megabytes_a_day": _("What one person keeps in a day"),
}
