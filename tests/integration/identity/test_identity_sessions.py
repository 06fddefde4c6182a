"""Accounts: activated once, locked after wrong tries, kept going by refresh tokens that work once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.chassis.errors import Invalid, Refused
from services.contracts.identity import ActivateAccount, LogIn, LogOut, ReadMe, RefreshSession, Role
from services.identity import bootstrap
from services.identity.errors import ActivationUnknown, SessionEnded, WrongCredentials
from services.identity.sessions import MAX_FAILURES
from tests.integration.identity.department import PASSWORD

WRONG = "mật khẩu của người khác"


@pytest.fixture
def invited(department):
    """A teacher with an account that is not activated yet."""
    return department.appoint(Role.STAFF, by=department.admin)


@pytest.fixture
def teacher(department, invited):
    department.activate(invited)
    return invited


@pytest.fixture
def wrong_tries(department):
    """A function that tries a wrong password as often as asked."""

    def try_wrongly(member, times):
        for _ in range(times):
            with pytest.raises(Exception, match=WrongCredentials.code):
                department.log_in(member, WRONG)

    return try_wrongly


def test_a_teacher_logs_in_with_the_password_she_set(department, teacher):
    tokens = department.log_in(teacher)

    assert tokens.person_id == teacher.person_id
    assert tokens.expires_in == 900


def test_the_user_name_is_known_however_it_is_written(department, teacher):
    tokens = department.identity.ask(LogIn(username=f" {teacher.username.upper()} ", password=PASSWORD))

    assert tokens.person_id == teacher.person_id


def test_a_teacher_whose_address_was_typed_in_capitals_can_log_in(department):
    member = department.appoint(Role.STAFF, by=department.admin, email="Hoa.NT@Example.VN")
    department.activate(member)

    assert department.log_in(member).person_id == member.person_id


def test_nobody_logs_in_before_the_account_is_activated(department, invited):
    with pytest.raises(Exception, match=WrongCredentials.code):
        department.log_in(invited)


def test_an_unknown_user_is_told_no_more_than_one_with_a_wrong_password(department, teacher):
    refusals = []
    for username in (teacher.username, "khong.ai@example.vn"):
        with pytest.raises(Exception, match=WrongCredentials.code) as refusal:
            department.identity.ask(LogIn(username=username, password=WRONG))
        refusals.append((refusal.value.status, refusal.value.vi, refusal.value.fields))

    assert refusals[0] == refusals[1]


def test_ten_wrong_passwords_lock_the_account_even_for_the_right_one(department, teacher, wrong_tries):
    wrong_tries(teacher, MAX_FAILURES)

    with pytest.raises(Exception, match=WrongCredentials.code):
        department.log_in(teacher)


def test_nine_wrong_passwords_lock_nothing_and_are_forgotten_with_the_right_one(department, teacher, wrong_tries):
    for _ in range(2):
        wrong_tries(teacher, MAX_FAILURES - 1)
        assert department.log_in(teacher).person_id == teacher.person_id


def test_a_locked_account_opens_by_itself_after_its_time(department, teacher, wrong_tries):
    wrong_tries(teacher, MAX_FAILURES)
    department.rows("UPDATE accounts SET locked_until = now() WHERE username = :name", name=teacher.username)

    assert department.log_in(teacher).person_id == teacher.person_id


def test_wrong_passwords_tried_at_the_same_moment_are_all_counted(department, teacher):
    def try_wrongly(_):
        with pytest.raises(Exception, match=WrongCredentials.code):
            department.log_in(teacher, WRONG)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(try_wrongly, range(MAX_FAILURES)))

    (account,) = department.rows("SELECT * FROM accounts WHERE username = :name", name=teacher.username)
    assert account.failures == MAX_FAILURES
    assert account.locked_until is not None


def test_a_refresh_token_gives_the_next_tokens_once(department, teacher):
    first = department.log_in(teacher)
    second = department.identity.ask(RefreshSession(refresh_token=first.refresh_token))

    assert second.person_id == teacher.person_id
    with pytest.raises(Exception, match=SessionEnded.code):
        department.identity.ask(RefreshSession(refresh_token=first.refresh_token))


def test_a_refresh_token_used_twice_at_the_same_moment_works_once(department, teacher):
    token = department.log_in(teacher).refresh_token

    def refresh(_):
        try:
            return department.identity.ask(RefreshSession(refresh_token=token)).refresh_token
        except Exception as refusal:  # noqa: BLE001 - counted below
            return refusal

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(refresh, range(2)))

    assert [isinstance(answer, str) for answer in sorted(answers, key=str)].count(True) == 1


def test_a_session_ends_when_she_logs_out_or_its_hours_are_over(department, teacher):
    left, over = department.log_in(teacher), department.log_in(teacher)
    assert department.identity.ask(LogOut(refresh_token=left.refresh_token)).sessions == 1
    department.rows(
        "UPDATE sessions SET expires_at = now() FROM accounts a WHERE a.id = account_id AND username = :name",
        name=teacher.username,
    )

    for tokens in (left, over):
        with pytest.raises(Exception, match=SessionEnded.code):
            department.identity.ask(RefreshSession(refresh_token=tokens.refresh_token))


def test_an_activation_code_works_once(department, invited):
    department.activate(invited)

    with pytest.raises(Refused, match=ActivationUnknown.code):
        department.activate(invited)


def test_a_password_has_at_least_ten_characters_and_a_short_one_uses_up_no_code(department, invited):
    with pytest.raises(Invalid, match="password_too_short"):
        department.identity.ask(ActivateAccount(activation_code=invited.activation_code, password="chín chữ."))
    department.activate(invited)

    assert department.log_in(invited).person_id == invited.person_id


def test_neither_passwords_nor_codes_nor_tokens_are_kept(department, invited):
    department.activate(invited)
    tokens = department.log_in(invited)

    kept = str(department.rows("SELECT accounts::text FROM accounts UNION ALL SELECT sessions::text FROM sessions"))
    for secret in (PASSWORD, invited.activation_code, tokens.refresh_token, tokens.access_token):
        assert secret not in kept


def test_a_teacher_reads_who_she_is(department, teacher):
    me = department.identity.ask(ReadMe(), teacher.person_id)

    assert (me.person_id, me.name) == (teacher.person_id, "Lê Thị Ví Dụ")
    assert [(grant.role, grant.unit_id) for grant in me.grants] == [(Role.STAFF, department.school.id)]


def test_an_installation_gets_one_operator_however_often_it_is_set_up(department):
    with department.identity.db.transaction() as tx:
        again = bootstrap.bootstrap(tx, "so@example.vn", "Sở khác", "Tỉnh khác")

    assert again == {"unit_id": str(department.unit_id), "activation_code": None}
