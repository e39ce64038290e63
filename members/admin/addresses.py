from django.db import models

# What is typed as "example.org" is an address of https.
WEB_ADDRESSES = {models.URLField: {"assume_scheme": "https"}}
