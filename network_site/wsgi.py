"""The WSGI entry point that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "network_site.settings")
application = get_wsgi_application()
# A page makes thousands of objects, which go when it is done, and hardly any cycle of them: to look
# for cycles after each 700, the default, costs a tenth of the time of a page.
gc.freeze()
gc.set_threshold(50_000, 20, 100)
