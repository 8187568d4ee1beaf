"""The portal as a browser meets it: pages and their weight, saves of many people at once, Lighthouse."""
