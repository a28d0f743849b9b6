/** How much room all of it takes on the disk: asked for after the page is there, since every file is looked at. */

import { api } from "/static/api.js";
import { number, phrase } from "/static/words.js";

const use = await api("GET", "/api/disk-use");
const size = (bytes) => (bytes < 1e9 ? phrase("{megabytes} MB", { megabytes: number(bytes / 1e6, 1) }) : phrase("{gigabytes} GB", { gigabytes: number(bytes / 1e9, 1) }));
const { all_bytes: all, bin_bytes: bin, free_bytes: free } = use;
document.getElementById("room").textContent = bin
  ? phrase("It takes {all}, of which {bin} are in the bin; {free} are free. The list of people can be sorted by it.", { all: size(all), bin: size(bin), free: size(free) })
  : phrase("It takes {all}; {free} are free. The list of people can be sorted by it.", { all: size(all), free: size(free) });
