// htmx for every page, as one script.
import htmx from 'htmx.org';

window.htmx = htmx;
