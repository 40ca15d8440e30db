"""The gradient doctor: which operation makes a gradient wrong, zero, huge, noisy or infinite, on which line, and why."""

from revad.checking.doctor.checkup import diagnose as diagnose
from revad.checking.doctor.diagnosis import Diagnosis as Diagnosis
from revad.checking.doctor.findings import Cause as Cause
from revad.checking.doctor.findings import Finding as Finding
