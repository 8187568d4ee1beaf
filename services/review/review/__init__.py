"""The judgement of one report: opened by a submission, assessed, signed by every region responsible."""

from services.review.review.review import Review
from services.review.review.state import Criterion, ReviewState, Step, Verdict

__all__ = ["Criterion", "Review", "ReviewState", "Step", "Verdict"]
