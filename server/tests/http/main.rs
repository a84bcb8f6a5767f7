//! What browsers, players and machines can rely on, over HTTP, against the server as it runs.

mod edge;
mod health;
mod pages;
mod protection;
mod test_app;
