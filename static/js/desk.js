/* The desk's forms, for who works by keyboard or hears the page: what Django's scripts leave out. */
"use strict";
{
  const $ = django.jQuery;

  // A menu that asks the server bears its value as its name; here it gets that of its field.
  function nameMenu(select) {
    const label = select.ariaLabel || select.labels[0]?.innerText.trim().replace(/:$/, "");
    const menu = select.nextElementSibling;
    if (!label || !menu) return;
    for (const control of menu.querySelectorAll(".select2-selection, .select2-search__field")) {
      const value = control.getAttribute("aria-labelledby");
      if (value) control.setAttribute("aria-describedby", value);
      control.removeAttribute("aria-labelledby");
      control.ariaLabel = label;
    }
    // What is chosen is text, and no field of its own.
    const shown = menu.querySelector(".select2-selection__rendered[role=textbox]");
    for (const name of ["role", "aria-readonly"]) shown?.removeAttribute(name);
  }

  function nameMenus(place) {
    place.querySelectorAll("select.select2-hidden-accessible").forEach(nameMenu);
  }

  $(document).on("select2:open", (event) => {
    const field = document.querySelector(".select2-dropdown .select2-search__field");
    if (field) field.ariaLabel = event.target.ariaLabel || event.target.labels[0]?.innerText;
  });

  // Later than the script that makes them, which waits for the page as well.
  $(() => setTimeout(() => nameMenus(document)));

  // A new row stands before the button that adds it, where Tab does not lead.
  document.addEventListener("formset:added", (event) => setTimeout(() => {
    nameMenus(event.target);
    const controls = event.target.querySelectorAll("input, select, textarea, .select2-selection");
    [...controls].find((one) => one.tabIndex >= 0 && one.offsetParent)?.focus();
  }));
}
