class Refusal(Exception):
    """What is answered in place of values: a reason that kshot knows, and a sentence for people."""

    def __init__(self, reason, message, **more):
        super().__init__(message)
        self.answer = {"reason": reason, "message": message, **more}
