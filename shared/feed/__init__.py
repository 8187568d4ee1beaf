"""What a service tells the others: made from its log, served over HTTP, read by whoever missed something."""

from shared.feed.client import Feed, FeedClient, FeedFault, Told
from shared.feed.publications import Publications
from shared.feed.routes import feed_router

__all__ = ["Feed", "FeedClient", "FeedFault", "Publications", "Told", "feed_router"]
