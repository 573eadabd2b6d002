//! `NS.NID` and `NS.*` as words of a command.

use std::str::FromStr;

use cipher::{Address, To};

/// One node, or with `*` (or 0, which means the same on this wire) any node of a namespace.
#[derive(Clone, Debug)]
pub struct Target {
    pub ns: String,
    pub nid: Option<u32>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("{text:?} names no node: write NAMESPACE.ID, such as worker.1, or worker.* for any");
        let (ns, nid) = text.rsplit_once('.').ok_or_else(wrong)?;
        let nid = match nid {
            "*" => None,
            nid => Some(nid.parse::<u32>().map_err(|_| wrong())?).filter(|nid| *nid != 0),
        };
        Ok(Self { ns: ns.to_owned(), nid })
    }
}

impl Target {
    pub fn to(&self, tenant: Option<String>) -> To {
        let to = self.nid.map_or_else(|| To::any(&self.ns), |nid| To::node(&self.ns, nid));
        tenant.map_or(to.clone(), |tenant| to.tenant(tenant))
    }
}

/// For `--from`: an origin may well be node 0, as rapt-cipher's are by default.
pub fn origin(text: &str) -> Result<Address, String> {
    let target: Target = text.parse()?;
    Ok(Address::new(target.ns, target.nid.unwrap_or(0)))
}
