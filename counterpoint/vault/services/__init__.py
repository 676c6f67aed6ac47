"""The verbs and reads of the vault, for every room above."""

from counterpoint.vault.labels import face_name as face_name
from counterpoint.vault.rules import clean_faces as clean_faces
from counterpoint.vault.rules import suggest as suggest
from counterpoint.vault.services.boxes import box as box
from counterpoint.vault.services.boxes import box_of as box_of
from counterpoint.vault.services.boxes import boxes_of as boxes_of
from counterpoint.vault.services.boxes import claim_box as claim_box
from counterpoint.vault.services.boxes import differences as differences
from counterpoint.vault.services.boxes import free_box_of_desk as free_box_of_desk
from counterpoint.vault.services.boxes import make_box as make_box
from counterpoint.vault.services.boxes import position as position
from counterpoint.vault.services.boxes import release_box as release_box
from counterpoint.vault.services.boxes import short_face as short_face
from counterpoint.vault.services.demo import ensure_demo_boxes as ensure_demo_boxes
from counterpoint.vault.services.vouchers import change_vouchers as change_vouchers
from counterpoint.vault.services.vouchers import make_voucher_kind as make_voucher_kind
from counterpoint.vault.services.vouchers import move_vouchers as move_vouchers
from counterpoint.vault.services.vouchers import next_voucher as next_voucher
from counterpoint.vault.services.vouchers import receive_vouchers as receive_vouchers
from counterpoint.vault.services.vouchers import skipped_vouchers as skipped_vouchers
from counterpoint.vault.services.vouchers import use_vouchers as use_vouchers
from counterpoint.vault.services.vouchers import voucher_account as voucher_account
from counterpoint.vault.services.vouchers import voucher_kind as voucher_kind
from counterpoint.vault.services.vouchers import voucher_kinds as voucher_kinds
from counterpoint.vault.services.vouchers import voucher_runs as voucher_runs
