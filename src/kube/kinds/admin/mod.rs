//! Extensions of the API and its running: admission, custom resource definitions, flow control, events, devices.

use super::Rules;

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[];
