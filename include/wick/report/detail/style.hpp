#pragma once

// How reports look: on paper and screens, light and dark.

#include <wick/version.hpp>

#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// The style sheet. Lines differ by dashes as well as by colour: for print in grey, and for eyes that see no
/// red and green.
inline constexpr std::string_view report_style = R"css(
:root{
color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1b2330;--soft:#566173;--edge:#e1e5eb;
  --grid:#e8ebf0;--axis:#9aa4b2;
--c0:#2766d2;--c1:#c05a0c;--c2:#138560;--c3:#7d4fc9;--c4:#c8324e;--c5:#0b7f96;--c6:#8d6a00;--c7:#b5428f;
  --faint:#b9c1cc;--over:#fff;--tint:#dbe6f8}
@media (prefers-color-scheme:dark){:root{
--page:#11151b;--card:#191f27;--ink:#e5e9ef;--soft:#9ca8b8;--edge:#2b333e;--grid:#262d37;--axis:#5d6877;
--c0:#76a9ff;--c1:#ffa45c;--c2:#4ecb9f;--c3:#bb9cf8;--c4:#ff8697;--c5:#54c8de;--c6:#dbb953;--c7:#f092d3;
  --faint:#4a5462;--over:#0d1117;--tint:#25364f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);
  font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",
  Arial,sans-serif;overflow-wrap:anywhere}
main,header,footer{max-width:1264px;margin:0 auto;padding:0 24px}
header{padding-top:36px;padding-bottom:4px}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:20px;line-height:1.3;margin:40px 0 14px;letter-spacing:-.01em}
h3{font-size:15px;line-height:1.35;font-weight:600;margin:0 0 10px}
p{margin:0 0 10px}
header p{margin:8px 0 0;color:var(--soft);font-size:17px;max-width:70ch}
nav{margin-top:18px;font-size:14px}
nav ul,.legend,.tiles,.notes{list-style:none;margin:0;padding:0}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px}
a{color:var(--c0);text-decoration:none}
a:hover{text-decoration:underline}
a:focus-visible,summary:focus-visible{outline:2px solid var(--c0);outline-offset:3px;border-radius:3px}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,168px),1fr));gap:16px;
  margin-top:26px}
.tiles li,figure,.card,.notes li{background:var(--card);border:1px solid var(--edge);border-radius:10px}
.tiles li{padding:16px 18px}
.tiles b{display:block;font-size:28px;line-height:1.2;font-weight:600;letter-spacing:-.02em;
  font-variant-numeric:tabular-nums}
.tiles span{display:block;color:var(--soft);font-size:13px}
.notes{margin-top:20px;display:grid;gap:8px}
.notes li{padding:10px 18px;font-size:14px}
.notes li::before{content:"Note";font-weight:600;color:var(--c1);margin-right:10px}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:20px;
  align-items:start}
figure,.card{margin:0;padding:18px 20px;min-width:0}
figcaption,.quiet{color:var(--soft);font-size:13px;margin:8px 0 0}
@media (min-width:720px){.wide{grid-column:span 2}}
@media (max-width:719px){.wide .drawing{overflow-x:auto}.wide .drawing svg{min-width:620px}
.card{overflow-x:auto}}
.drawing svg{display:block;width:100%;height:auto;overflow:visible}
svg{font-size:12px;font-variant-numeric:tabular-nums}svg text{fill:var(--ink)}
svg .tick,svg .label{fill:var(--soft)}
svg .cell{fill:var(--ink)}svg .over{fill:var(--over)}
svg .halo{fill:var(--soft);paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
svg .rule{stroke:var(--grid)}svg .axis{stroke:var(--axis)}
svg .guide{stroke:var(--axis);stroke-dasharray:3 4;stroke-width:1.25}
svg .mark{stroke:var(--soft);stroke-dasharray:2 3}
svg .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:butt}
svg circle.line{stroke-width:3}
svg .faint{stroke:var(--faint);stroke-width:1}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1);stroke-dasharray:7 3}.c2{stroke:var(--c2);stroke-dasharray:2 2.5}
.c3{stroke:var(--c3);stroke-dasharray:9 3 2 3}
.c4{stroke:var(--c4);stroke-dasharray:4 2}.c5{stroke:var(--c5);stroke-dasharray:12 3}
.c6{stroke:var(--c6);stroke-dasharray:1.5 3}.c7{stroke:var(--c7);stroke-dasharray:6 2 2 2}
.f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)}
.f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}
svg .dot{stroke:var(--card);stroke-width:1.5}
svg .cloud{fill:var(--c0);fill-opacity:.45}
svg .bar,svg .right{fill:var(--c0)}svg .negative{fill:var(--faint)}svg .wrong{fill:var(--c4)}
svg .under{stroke:var(--card);stroke-width:3.5}svg .whisker{stroke:var(--ink);stroke-width:1.25}
svg .sheet{fill:var(--page);stroke:var(--edge)}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;margin:-4px 0 10px;font-size:13px;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:7px;min-width:0}
.legend svg{width:22px;height:8px;flex:none}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:7px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--edge);
  font-weight:400}
thead th{color:var(--soft);font-size:13px;vertical-align:bottom;font-weight:500}
tbody tr:last-child>*{border-bottom:0}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.grid .number{padding-left:5px;padding-right:5px}thead .number{white-space:normal}
th:first-child,td:first-child,.grid tr>:first-child{padding-left:0}
th:last-child,td:last-child,.grid tr>:last-child{padding-right:0}
thead th{overflow-wrap:normal}
.mistakes .number{width:1%}.mistakes td:not(.number),th[scope=row]{min-width:6em}
.share span{display:block;padding:0 4px;border-radius:3px;
  background:linear-gradient(var(--tint),var(--tint)) no-repeat left/var(--share) 100%}
abbr{text-decoration:none;color:var(--soft);cursor:help}
.fit{width:max-content;min-width:min(100%,600px);max-width:100%}.whole{grid-column:1/-1}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:0 36px;
  align-items:start}
details summary{cursor:pointer;color:var(--c0);font-size:13px;width:max-content;max-width:100%}
.numbers{margin-top:10px}
.scroll{max-height:320px;overflow:auto;margin-top:8px}
.numbers table{font-size:13px}.numbers th,.numbers td{padding:3px 10px 3px 0}
.pairs{display:flex;flex-wrap:wrap;gap:1px 14px;margin:0;font-size:13px}
.pairs div{min-width:0}.pairs dt,.pairs dd{display:inline;margin:0}.pairs dt{color:var(--soft);margin-right:5px}
.list{display:grid;grid-template-columns:fit-content(45%) minmax(0,1fr);gap:6px 20px;margin:0;
  font-size:14px}
.list dt{color:var(--soft)}.list dd{margin:0}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(108px,1fr));gap:14px}
.pictures figure{padding:10px;border-radius:8px}
.pictures.told{grid-template-columns:repeat(auto-fill,minmax(min(100%,220px),1fr))}.told img{max-width:160px}
.pictures.small{grid-template-columns:repeat(auto-fill,minmax(76px,1fr));gap:10px}
.pictures img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:4px}
.pictures figcaption{margin-top:6px;font-size:12px;line-height:1.4}
.pictures figcaption b{color:var(--ink);font-weight:600}
.time{display:grid;grid-template-columns:fit-content(45%) minmax(40px,1fr) max-content;gap:8px 16px;
  align-items:center;font-size:14px;margin:0}
.time i{display:block;height:8px;border-radius:4px;background:var(--c0);min-width:2px}
footer{color:var(--soft);font-size:13px;margin-top:36px;padding-bottom:36px}
@page{margin:14mm}
@media print{
:root{
color-scheme:light;--page:#fff;--card:#fff;--ink:#111;--soft:#4a5362;--edge:#cfd5dd;--grid:#e3e6eb;
  --axis:#8a93a0;
--c0:#2766d2;--c1:#c05a0c;--c2:#138560;--c3:#7d4fc9;--c4:#c8324e;--c5:#0b7f96;--c6:#8d6a00;--c7:#b5428f;
  --faint:#b9c1cc;--over:#fff;--tint:#dbe6f8}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:10.5pt}main,header,footer{max-width:none;padding-left:0;padding-right:0}
header{padding-top:0}nav,.numbers{display:none}
h1{font-size:22pt}h2{font-size:14pt;margin-top:22pt;break-after:avoid}h3{break-after:avoid}
table,.list,.time{font-size:9.5pt}th,td{padding:4pt 5pt}
.grid,.columns{grid-template-columns:1fr 1fr;gap:12px}.columns{gap:0 24px}.wide{grid-column:span 2}
figure,.tiles li,.notes li,tr,.grid>.card:not(.whole){break-inside:avoid}
thead{display:table-header-group}
figure,.card,.tiles li{border-radius:6px;padding:12px 14px}
.tiles{grid-template-columns:repeat(4,1fr);gap:10px}.tiles b{font-size:20pt}
.scroll{max-height:none;overflow:visible}
}
)css";

}  // namespace detail::html

WICK_END_NAMESPACE
