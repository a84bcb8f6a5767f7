//! What people can rely on in the use cases, on the real embedded adapters.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

extern crate stoa_services as services;

mod accounts;
mod audit;
mod authoring;
mod catalogue;
mod deletion;
mod direct;
mod downloads;
mod elsewhere;
mod events;
mod hosted;
mod instructors;
mod invitations;
mod learning;
mod leases;
mod mail;
mod orders;
mod people;
mod pool;
mod profile;
mod roles_elsewhere;
mod site;
mod speed;
mod uploads;
