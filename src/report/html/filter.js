"use strict";
(() => {
  const controls = document.querySelector(".filter");
  if (!controls) return;
  controls.hidden = false;
  const name = controls.querySelector("input");
  const impact = controls.querySelector("select");
  const apply = () => {
    const wanted = name.value.trim().toLowerCase();
    for (const section of document.querySelectorAll("details.section")) {
      const named = section.dataset.environments.toLowerCase().includes(wanted);
      let shown = 0;
      for (const object of section.querySelectorAll(".object")) {
        const has = !impact.value || object.dataset.impacts.split(" ").includes(impact.value);
        object.hidden = !(named && has);
        if (!object.hidden) shown += 1;
      }
      section.hidden = shown === 0;
    }
  };
  name.addEventListener("input", apply);
  impact.addEventListener("change", apply);
})();
