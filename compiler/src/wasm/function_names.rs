//! Function names of the name section. The section is a hint, so malformed parts are left
//! out.

use std::collections::HashMap;
use wasmparser::{BinaryReader, Name, NameSectionReader};

/// Names by function index, imports included.
pub(crate) fn function_names<'a>(
    section: &wasmparser::CustomSectionReader<'a>,
) -> HashMap<u32, &'a str> {
    let mut names = HashMap::new();
    let reader = BinaryReader::new(section.data(), section.data_offset());
    for subsection in NameSectionReader::new(reader) {
        let Ok(subsection) = subsection else { break };
        if let Name::Function(map) = subsection {
            names.extend(
                map.into_iter()
                    .map_while(Result::ok)
                    .map(|n| (n.index, n.name)),
            );
        }
    }
    names
}
