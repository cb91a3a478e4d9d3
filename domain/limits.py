"""How often and how long: budgets, lives of links and sessions, pauses. The part of the settings that is numbers."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.setting_types import Count, Duration, Pause

PREFIX = 'EPORTAL_'


class Limits(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra='ignore', hide_input_in_errors=True
    )

    proofs_per_code_day: Count = Field(5, description='failed proofs per payer code in 24 hours')
    proofs_per_code_month: Count = Field(15, description='… in 30 days')
    proofs_per_address_hour: Count = Field(10, description='failed proofs per client address (/64 for IPv6) in an hour')
    proofs_per_address_day: Count = Field(30, description='… in 24 hours')
    proofs_per_day: Count = Field(200, description='failed proofs over the whole installation in 24 hours')
    letters_per_code: Count = Field(3, description='letters per payer code in 6 hours')
    letters_per_hour: Count = Field(300, description='letters over the whole installation in an hour')
    letter_pause: Duration = Field(timedelta(minutes=1), description='between two letters to one address')
    sign_in_failures: Count = Field(5, description='failed sign-ins per name and address before pauses begin')
    sign_in_failures_in_a_row: Count = Field(
        100, description='failed sign-ins per name before only known addresses may try'
    )
    sign_ins_per_address_hour: Count = Field(100, description='failed sign-ins per client address in an hour')
    sign_ins_per_hour: Count = Field(2000, description='failed sign-ins over the whole installation in an hour')
    link_valid_for: Duration = Field(timedelta(hours=72), description='from the moment the letter is handed over')
    captcha_valid_for: Duration = Field(timedelta(minutes=10), description='life of a picture')
    form_takes_at_least: Pause = Field(
        timedelta(seconds=2), description='a registration sent sooner gets a new picture'
    )
    session_idle: Duration = Field(timedelta(minutes=30), description='signed out after so long without an action')
    session_absolute: Duration = Field(timedelta(hours=12), description='signed out after so long in any case')
    letter_lease: Duration = Field(
        timedelta(seconds=120), description='a letter whose sender died comes back after this'
    )
    letter_retries: Annotated[list[Duration], NoDecode] = Field(
        [timedelta(minutes=m) for m in (1, 5, 15, 30, 60)],
        description='pauses between tries in seconds, separated by commas; the last one repeats',
    )
    letter_gives_up_after: Duration = Field(
        timedelta(hours=48), description='an undelivered letter is refused after this'
    )
    smtp_timeout: Duration = Field(
        timedelta(seconds=30), description='for each step of the conversation with the mail server'
    )
    requests_per_address_hour: Count = Field(5, description='requests per client address (/64 for IPv6) in an hour')
    requests_per_day: Count = Field(200, description='requests over the whole installation in 24 hours')
    request_link_valid_for: Duration = Field(
        timedelta(days=14), description='life of the links in letters about a request, from when they are handed over'
    )
    control_number_valid_for: Duration = Field(
        timedelta(days=21), description='life of a control number that staff issue'
    )
    undo_for: Duration = Field(timedelta(seconds=10), description='how long a clerk may take a deed back')
    staff_session_idle: Duration = Field(
        timedelta(minutes=15), description='staff: signed out after so long without an action'
    )
    staff_session_absolute: Duration = Field(
        timedelta(hours=8), description='staff: signed out after so long in any case'
    )
    staff_setup_valid_for: Duration = Field(
        timedelta(hours=72), description='life of the link that sets up a staff account'
    )
    import_overdue_after: Duration = Field(
        timedelta(days=40), description='staff are told when no import came for so long'
    )
    disk_low_below: Count = Field(500, description='staff are told when less is free in the data folder; megabytes')
    upload_at_most: Count = Field(200, description='files dropped for an import in the browser, together; megabytes')
