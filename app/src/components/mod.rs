//! Parts that pages are made of.

mod alike;
mod authenticator;
mod course_card;
mod course_grid;
mod download_list;
mod empty;
mod field;
mod footer;
mod form;
mod header;
mod icon;
mod live;
mod load;
mod page_error;
mod rating;
mod row_buttons;
mod save_button;
mod search_form;

mod theme_menu;
mod upload;
mod video_status;

pub(crate) use alike::alike;
pub(crate) use authenticator::NewAuthenticator;
pub(crate) use course_card::{CourseCard, length};
pub(crate) use course_grid::{CourseGrid, CourseGridSkeleton};
pub(crate) use domain::size::size;
pub(crate) use download_list::DownloadList;
pub(crate) use empty::Empty;
pub(crate) use field::{CodeField, EmailField, PasswordField};
pub(crate) use footer::Footer;
pub(crate) use form::{Outcome, PostForm, Problem};
pub(crate) use header::Header;
pub(crate) use icon::Icon;
pub(crate) use live::{Live, live};
pub(crate) use load::load;
pub(crate) use page_error::PageError;
pub(crate) use rating::{RatingSummary, StarsView};
pub(crate) use row_buttons::{MoveButtons, RemoveButton};
pub(crate) use save_button::SaveButton;
pub(crate) use search_form::SearchForm;
pub(crate) use theme_menu::ThemeMenu;
pub(crate) use upload::{AddFiles, Upload};
pub(crate) use video_status::VideoStatusView;
