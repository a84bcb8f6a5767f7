//! The picture's way from the source to the encoders: decoded once, scaled in a cascade.

use super::{posters, storyboard};
use domain::video::{Hdr, Ladder, Matrix, Probe};
use std::fmt::Write as _;

/// The filter graph. Its outputs are `[v0]`, `[v1]` and so on for the rungs, `[sprites]` and `[stills]`. No
/// spaces: it is one argument.
///
/// Each rung is scaled from the one above it, which is less work than from the source. The small pictures for
/// the seek bar are those of the lowest rung; posters are taken from the largest that is not too large for one.
pub(super) fn graph(probe: &Probe, ladder: &Ladder) -> String {
    let mut graph = String::from("[0:V:0]");
    if probe.interlaced {
        // Files say of many frames that they are whole which are not: look, and mark them.
        graph.push_str("idet,bwdif=mode=send_frame:deint=interlaced,");
    }
    // A constant rate that starts at zero.
    let _ = write!(graph, "fps=fps={}:start_time=0", ladder.frame_rate);
    let last = ladder.rungs.len().saturating_sub(1);
    let still = ladder.rungs.iter().position(|rung| rung.width.min(rung.height) <= 720).unwrap_or(last);
    for (at, rung) in ladder.rungs.iter().enumerate() {
        let size = format!("{}:{}", rung.width, rung.height);
        match at {
            0 => graph.push_str(&first(probe, &size)),
            _ => {
                let _ = write!(graph, ",scale={size}:flags=bicubic");
            }
        }
        // Pixels are square from here on: a probe's size is the size as shown.
        graph.push_str(",setsar=1");
        let mut ways = vec![format!("v{at}")];
        ways.extend((at == still).then(|| "still".to_owned()));
        ways.push(if at == last { "small".to_owned() } else { format!("below{at}") });
        let _ = write!(graph, ",split={}", ways.len());
        ways.iter().for_each(|way| {
            let _ = write!(graph, "[{way}]");
        });
        if at < last {
            let _ = write!(graph, ";[below{at}]null");
        }
    }
    let _ = write!(graph, ";[small]{}[sprites]", storyboard::Plan::new(probe, ladder).filters());
    let _ = write!(graph, ";[still]{}[stills]", posters::filters(probe, ladder));
    graph
}

/// To the size of the largest rung and to what H.264 and every screen can show: 8 bits, limited range.
fn first(probe: &Probe, size: &str) -> String {
    let matrix = |matrix| match matrix {
        Matrix::Bt601 => "bt601",
        Matrix::Bt709 => "bt709",
        Matrix::Bt2020 => "bt2020",
    };
    let (tag, out) = match (probe.colour.hdr, probe.colour.matrix) {
        // Carried as it is: to change it would cost more than the scaling.
        (None, Matrix::Bt601) => ("smpte170m", Matrix::Bt601),
        _ => ("bt709", Matrix::Bt709),
    };
    let mut chain = match probe.colour.hdr {
        // Made smaller first: what follows is slow.
        Some(hdr) => format!(",scale={size}:flags=bicubic,{}", tone_mapped(hdr)),
        None => {
            let range = if probe.colour.full_range { ":in_range=full" } else { "" };
            let (from, to) = (matrix(probe.colour.matrix), matrix(out));
            format!(
                ",scale={size}:flags=bicubic:in_color_matrix={from}:out_color_matrix={to}{range}:out_range=limited"
            )
        }
    };
    let _ = write!(
        chain,
        ",format=yuv420p,setparams=colorspace={tag}:color_primaries={tag}:color_trc={tag}:range=limited"
    );
    if probe.picture_outlasts_sound < 0 {
        // The sound goes on: so does the last picture, to the end. How long it is shown anyway depends on the rate.
        let (more, end) = (-probe.picture_outlasts_sound, probe.duration.as_millis());
        let _ = write!(chain, ",tpad=stop_mode=clone:stop_duration={more}ms,trim=end={end}ms");
    }
    chain
}

/// High dynamic range to the standard one: in linear light, where 100 cd/m² are a screen's white, brighter
/// things are compressed and not cut off.
fn tone_mapped(hdr: Hdr) -> String {
    let transfer = match hdr {
        Hdr::Pq => "smpte2084",
        Hdr::Hlg => "arib-std-b67",
    };
    format!(
        "zscale=tin={transfer}:pin=bt2020:min=bt2020nc:rin=limited:t=linear:npl=100,format=gbrpf32le,\
         zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=limited"
    )
}
