"""Devices of the lobby 自助设备: a browser is paired once by the lobby, and is a kiosk or display from then.

The browser keeps a signed number; whether it still counts is the row's to say, so that a stolen screen
is ended from the bank.
"""

from __future__ import annotations

from django.core import signing
from django.utils.translation import gettext as _

from counterpoint.kit import clock
from counterpoint.kit.data import Actor, Told
from counterpoint.kit.verbs import tell, verb
from counterpoint.lobby.data import DeviceEnded, DeviceKind, DeviceRefused, DeviceView, LobbyMalformed
from counterpoint.lobby.models import Device
from counterpoint.lobby.printing.line import address_of
from counterpoint.lobby.services import reach
from counterpoint.people import services as people
from counterpoint.people.data import Duty

SALT = "counterpoint.lobby.device"


@verb("lobby.device.paired")
def pair_device(*, branch: int, kind: DeviceKind, name: str, by: Actor, printer: str = "") -> DeviceView:
    """Make a browser a kiosk or a display of a branch 绑定设备; a kiosk may have a printer."""
    people.check_actor(by=by, duty=Duty.LOBBY, branch=branch)
    said = reach.words_of(name, 40, field="name", needed=True)
    if printer and address_of(printer) is None:
        raise LobbyMalformed(
            _("A printer's address is an IPv4 address of this house's network and a port from 1024 on."),
            field="printer",
        )
    row = Device.objects.create(
        branch_id=branch, kind=DeviceKind(kind), name=said, printer=printer.strip(), paired_by=by.key,
        paired_at=clock.now(),
    )  # fmt: skip
    _tell(row, kind=str(row.kind), name=said, printer=row.printer)
    return _view(row)


@verb("lobby.device.ended")
def end_device(*, device: int, by: Actor) -> DeviceView:
    """A browser is no screen of the lobby any more 解绑设备."""
    row = Device.objects.select_for_update(no_key=True).filter(pk=device).first()
    if row is None:
        raise _refused()
    people.check_actor(by=by, duty=Duty.LOBBY, branch=row.branch_id)
    if row.ended_at is not None:
        raise DeviceEnded(_("This device was ended already."))
    row.ended_by, row.ended_at = by.key, clock.now()
    row.save(update_fields=["ended_by", "ended_at"])
    _tell(row, kind=str(row.kind), name=row.name)
    return _view(row)


def device_token(device: DeviceView) -> str:
    """What the browser keeps 设备凭证."""
    return signing.dumps(device.id, salt=SALT)


def device_of(token: str, *, branch: int, kind: DeviceKind) -> DeviceView:
    """The device that this token is. Forged, ended, of another branch or kind: one refusal for all."""
    try:
        number = int(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        raise _refused() from None
    row = Device.objects.filter(pk=number, branch_id=branch, kind=kind, ended_at=None).first()
    if row is None:
        raise _refused()
    return _view(row)


def devices_of(branch: int) -> list[DeviceView]:
    """The screens of a branch."""
    return [_view(row) for row in Device.objects.filter(branch_id=branch, ended_at=None).order_by("id")]


def _refused() -> DeviceRefused:
    return DeviceRefused(_("This screen is not paired with the branch, or no longer."))


def _tell(row: Device, **data: object) -> None:
    channels = (f"lobby:{row.branch_id}", f"device:{row.pk}")
    tell(Told(subject=f"device:{row.pk}", branch=row.branch_id, data=dict(data), channels=channels))


def _view(row: Device) -> DeviceView:
    return DeviceView(
        id=row.pk, branch=row.branch_id, kind=DeviceKind(row.kind), name=row.name, printer=row.printer,
        paired_by=row.paired_by, paired_at=row.paired_at, ended_at=row.ended_at,
    )  # fmt: skip
