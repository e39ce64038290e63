"""How gunicorn serves the site behind nginx; the unit names the socket of each instance."""

wsgi_app = "network_site.wsgi:application"
# Two instances of two: a machine with two cores is busy, and one process may fail.
workers = 2
worker_class = "gthread"
threads = 4
# Loaded once for all of an instance, which saves memory; a new version needs a restart anyway.
preload_app = True
# A process is renewed after so many requests, not all at the same time.
max_requests = 20_000
max_requests_jitter = 2_000
# Seconds: for one that hangs; for requests under way when the instance is stopped.
timeout = 30
graceful_timeout = 15
# In memory: with a full or slow disk the processes would be taken for hanging.
worker_tmp_dir = "/dev/shm"  # noqa: S108 (nobody else's file is opened there) # nosec
# The owner, and the group, which nginx is in.
umask = 0o007
# nginx bounds what is asked.
limit_request_line = 0
control_socket_disable = True
# The log of visits is nginx's, without addresses; errors go to the journal.
accesslog = None
errorlog = "-"
