//! The committed images are built from the current sources, as their record says. After a
//! change of the shim or the contract, run `make shims`.

use std::fs;
use wasi_aot_shim_images::record::{self, Record};
use wasi_aot_shim_images::toolchain::Toolchain;
use wasi_aot_shim_images::{Target, build, image_path};

#[test]
fn no_image_is_older_than_its_sources() {
    let sources = record::sources().unwrap();
    for target in Target::ALL {
        let record = Record::read(target).unwrap();
        assert_eq!(
            record.sources,
            sources,
            "the image for {} is stale; run make shims",
            target.name()
        );
    }
}

#[test]
fn the_record_is_that_of_the_image() {
    for target in Target::ALL {
        let image = fs::read(image_path(target)).unwrap();
        let record = Record::read(target).unwrap();
        assert_eq!(
            record.image,
            record::digest(&image),
            "the image for {} is not the one of images.json; run make shims",
            target.name()
        );
    }
}

/// With every installed compiler that built a committed image. CI has one for each target.
#[test]
fn a_new_build_gives_the_same_bytes() {
    for target in Target::ALL {
        let committed = Record::read(target).unwrap();
        let tools = match Toolchain::find(target) {
            Ok(tools) => tools,
            Err(error) => {
                println!("not built again for {}: {error}", target.name());
                continue;
            }
        };
        if (&tools.compiler, &tools.linker_version) != (&committed.compiler, &committed.linker) {
            println!(
                "not built again for {}: built by {}, {}; here are {}, {}",
                target.name(),
                committed.compiler,
                committed.linker,
                tools.compiler,
                tools.linker_version
            );
            continue;
        }
        // A new target directory, so that neither an earlier build nor a path of make shims
        // plays a part.
        let directory = tempfile::tempdir().unwrap();
        let (image, record) = build(target, directory.path()).unwrap();
        assert_eq!(record, committed, "{}: run make shims", target.name());
        assert_eq!(record::digest(&image), committed.image);
    }
}
