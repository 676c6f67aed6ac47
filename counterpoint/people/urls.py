"""Addresses of the room. Of django-allauth only what is named here is reachable: no sign-up,
no e-mail, no reset by mail, no social accounts.

Included at the root: ``path("", include("counterpoint.people.urls"))``.
"""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from counterpoint.kit.access import allows, anybody
from counterpoint.people.access import signed_in
from counterpoint.people.views import account, delegations, session, staff

free, mine = allows(anybody), allows(signed_in)

_packaged = [
    path("sign-in/", free(session.SignIn.as_view()), name="account_login"),
    path("sign-in/code/", free(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/passkey/", free(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/suspended/", free(account_views.account_inactive), name="account_inactive"),
    path("sign-out/", free(account_views.logout), name="account_logout"),
    path("account/password/", account.password, name="account_change_password"),
    path("account/confirm/", mine(account_views.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", mine(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/", mine(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path("account/code/", mine(totp.activate_totp), name="mfa_activate_totp"),
    path("account/code/removing/", mine(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/recovery-codes/", mine(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new/",
        mine(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    # The package comes back to these two after a change; here both are the account page.
    path("account/factors/", account.factors, name="mfa_index"),
    path("account/passkeys/", account.factors, name="mfa_list_webauthn"),
    path("account/passkeys/new/", mine(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/removing/", mine(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
]

_own = [
    path("account/", account.account, name="account"),
    path("account/first-steps/", account.first_steps, name="first_steps"),
    path("account/sessions/<uuid:session>/ending/", account.session_ending, name="session_ending"),
    path("account/delegations/", delegations.mine, name="delegations"),
    path("account/delegations/<int:delegation>/ending/", delegations.ending, name="delegation_ending"),
    path("session/lock/", session.lock, name="lock"),
    path("session/unlock/", session.unlock, name="unlock"),
    path("session/unlock/passkey/", session.passkey_options, name="unlock_passkey"),
    path("session/step-up/passkey/", session.passkey_options, name="step_up_passkey"),
    path("session/activity/", session.activity, name="activity"),
    path("staff/", staff.staff_list, name="staff_list"),
    path("staff/new/", staff.staff_new, name="staff_new"),
    path("staff/delegations/", delegations.everybodys, name="staff_delegations"),
    path(
        "staff/delegations/<int:delegation>/ending/", delegations.staff_ending, name="staff_delegation_ending"
    ),
    path("staff/<int:person>/", staff.staff_page, name="staff_page"),
    path("staff/<int:person>/delegations/", delegations.for_somebody, name="delegating"),
    path("staff/<int:person>/roles/", staff.roles, name="roles"),
    path("staff/<int:person>/roles/<int:assignment>/revoking/", staff.role_revoking, name="role_revoking"),
    path("staff/<int:person>/qualifications/", staff.qualifications, name="qualifications"),
    path(
        "staff/<int:person>/qualifications/<int:qualification>/withdrawing/",
        staff.qualification_withdrawing,
        name="qualification_withdrawing",
    ),
    path("staff/<int:person>/restrictions/", staff.restrictions, name="restrictions"),
    path(
        "staff/<int:person>/restrictions/<int:restriction>/lifting/",
        staff.restriction_lifting,
        name="restriction_lifting",
    ),
    path("staff/<int:person>/suspension/", staff.suspension, name="suspension"),
    path("staff/<int:person>/suspension/ending/", staff.suspension_ending, name="suspension_ending"),
    path("staff/<int:person>/password/", staff.password_reset, name="password_reset"),
    path("staff/<int:person>/second-factor/", staff.second_factor_reset, name="second_factor_reset"),
    path("staff/<int:person>/lock-out/", staff.lock_out_lifting, name="lock_out_lifting"),
]

# The packaged names have no prefix: the package itself asks for them.
urlpatterns = [*_packaged, path("", include((_own, "people")))]
