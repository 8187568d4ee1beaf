"""Django REST framework with django-simple-history: the usual way to an audit trail in Python."""
