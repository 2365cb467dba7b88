//! What looks like a secret where no schema says so: names, values, texts, URLs. Nothing here knows, so there are two sorts of
//! answers: to hide too much does no harm, and to report too much does.

mod lines;
mod name;
mod shapes;
mod spots;
mod text;
mod url;
mod value;

pub use lines::{credentials, pairs};
pub use name::{may_name, names};
pub use shapes::is_token;
pub use spots::{is_option, short_option, spots};
pub use text::{Held, held};
pub use url::url_credentials;
pub use value::{is_default, is_filled, is_secret};
