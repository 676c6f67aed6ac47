from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "counterpoint.vault"
    label = "vault"

    def ready(self) -> None:
        from counterpoint.kit.sealer import register_check
        from counterpoint.ledger.services import register_effect
        from counterpoint.vault import (  # noqa: F401  (enters its verbs into the catalogue)
            closing,
            closing_boxes,
            closing_cases,
            closing_counts,
            closing_hands,
            closing_transfers,
            frame,
            matters,
            opening,
            services,
        )
        from counterpoint.vault.effects import Faces
        from counterpoint.vault.effects_vouchers import Vouchers
        from counterpoint.vault.verify import check
        from counterpoint.vault.verify_custody import check as check_custody
        from counterpoint.vault.verify_vouchers import check as check_vouchers

        closing.appear()
        frame.appear()
        matters.appear()
        closing_boxes.appear()
        closing_cases.appear()
        closing_counts.appear()
        closing_hands.appear()
        closing_transfers.appear()
        opening.appear()
        register_effect(Faces())
        register_effect(Vouchers())
        register_check("vault.faces", check)
        register_check("vault.vouchers", check_vouchers)
        register_check("vault.custody", check_custody)
        register_check("vault.transit", closing_transfers.check)
