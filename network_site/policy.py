"""What a page of the desk may do beyond the policy of the public pages."""

from csp.constants import SELF
from csp.decorators import csp_update

own_scripts = csp_update({"script-src": [SELF], "connect-src": [SELF]})
