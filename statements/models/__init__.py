from statements.models.pages import Page
from statements.models.statements import Edition, Statement

__all__ = ["Edition", "Page", "Statement"]
