/** How much room all of it takes on the disk: asked for after the page is there, since every file is looked at. */

import { api } from "/static/api.js";

const use = await api("GET", "/api/disk-use");
const megabytes = (bytes) => (bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
const { all_bytes: all, bin_bytes: bin, free_bytes: free } = use;
document.getElementById("room").textContent = bin
  ? `It takes ${megabytes(all)}, of which ${megabytes(bin)} are in the bin; ${megabytes(free)} are free. The list of people can be sorted by it.`
  : `It takes ${megabytes(all)}; ${megabytes(free)} are free. The list of people can be sorted by it.`;
