"""Settings from the environment; nothing else in permq reads it."""

from permq.config.blas import (
    AVX512,
    CORE_VARIABLE,
    CPUINFO,
    THREAD_VARIABLES,
    Settings,
    blas_environment,
    prepare_blas,
    processor_flags,
)
from permq.config.fleet import FleetTimes, fault_folder
from permq.config.services import (
    POSTGRES_ROLES,
    Passwords,
    ServiceSettings,
    WatchSettings,
    data_folder,
)
from permq.config.signing import SigningSettings
from permq.config.worker import (
    WORK_CLASSES,
    WorkerSettings,
    child_environment,
    prepare_node,
    prepare_worker,
)

__all__ = [
    "AVX512",
    "CORE_VARIABLE",
    "CPUINFO",
    "POSTGRES_ROLES",
    "THREAD_VARIABLES",
    "WORK_CLASSES",
    "FleetTimes",
    "Passwords",
    "ServiceSettings",
    "Settings",
    "SigningSettings",
    "WatchSettings",
    "WorkerSettings",
    "blas_environment",
    "child_environment",
    "data_folder",
    "fault_folder",
    "prepare_blas",
    "prepare_node",
    "prepare_worker",
    "processor_flags",
]
