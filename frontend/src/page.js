// htmx for every page. It writes no style element of its own: the policy of the pages allows none.
import htmx from 'htmx.org';

window.htmx = htmx;
