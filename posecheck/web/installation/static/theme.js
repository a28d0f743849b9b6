/** Light, dark or as the device is: kept in this browser, and seen at once. The server writes it into the next pages. */

const YEAR_S = 365 * 24 * 3600;
const form = document.getElementById("theme");
const { light, dark, system } = form.dataset;
const media = { light, dark, system };

form.addEventListener("change", (event) => {
  const theme = event.target.value;
  document.cookie = `posecheck_theme=${theme}; Path=/; Max-Age=${YEAR_S}; SameSite=Strict`;
  document.getElementById("dark").media = media[theme];
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="color-scheme"]').content = theme === "system" ? "light dark" : theme;
});
