"""The types of settings: counts, durations, and what else a registration may be asked for."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field


class FurtherProof(StrEnum):
    """What may be asked beside the two numbers (manual, 1.2: »davčna številka se ne ujema«)."""

    NONE = 'none'
    METERING_POINT = 'metering_point'
    AMOUNT_DUE = 'amount_due'
    TAX_NUMBER = 'tax_number'


def seconds(value: object) -> object:
    """`90` is ninety seconds; pydantic itself reads `PT90S` and `0:01:30`."""
    return float(value) if isinstance(value, str) and re.fullmatch(r'[\d.]+', value) else value


Count = Annotated[int, Field(ge=1)]
Duration = Annotated[timedelta, BeforeValidator(seconds), Field(gt=timedelta(0))]
Pause = Annotated[timedelta, BeforeValidator(seconds), Field(ge=timedelta(0))]
