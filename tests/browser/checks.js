// What can be measured of a page in a browser. Each check lists what is wrong, in words.

window.checks = (() => {
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const SMALLEST = 24;

  const all = (selector) => [...document.querySelectorAll(selector)].filter(isShown);
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.closest(".vh");
  const words = (text) => text.replace(/\s+/g, " ").trim();
  const name = (element) => {
    const classes = [...element.classList].map((one) => `.${one}`).join("");
    const id = element.id && `#${element.id}`;
    return `<${element.localName}${id}${classes}> "${words(element.textContent).slice(0, 40)}"`;
  };

  const adopt = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets.push(sheet);
  };

  const openDetails = () => document.querySelectorAll("details").forEach((one) => (one.open = true));

  /** The visible pieces of text, each with the boxes of its lines. */
  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (words(node.data) && isShown(node.parentElement)) {
        const range = document.createRange();
        range.selectNodeContents(node);
        found.push({ parent: node.parentElement, lines: [...range.getClientRects()] });
      }
    }
    return found;
  };

  const areOverlapping = (a, b, least = 1) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > least &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > least;

  /** The pairs whose boxes lie over one another, each named once. */
  const overlaps = (items) => {
    const boxes = items.flatMap(({ element, boxes }) => boxes.map((box) => ({ element, box })));
    boxes.sort((a, b) => a.box.top - b.box.top);
    const found = new Set();
    boxes.forEach((one, index) => {
      for (const other of boxes.slice(index + 1)) {
        if (other.box.top >= one.box.bottom) break;
        if (one.element !== other.element && areOverlapping(one.box, other.box)) {
          found.add(`${name(one.element)} and ${name(other.element)} lie over one another`);
        }
      }
    });
    return [...found];
  };

  /** Text that is cut off, runs out of its box, or lies over other text. */
  const spilledText = () => {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.documentElement.scrollWidth > width) found.push("The page scrolls sideways");
    const pieces = texts();
    for (const { parent, lines } of pieces) {
      if (lines.some((line) => line.left < -1 || line.right > width + 1)) {
        found.push(`${name(parent)} runs out of the page`);
      }
    }
    for (const element of all("body *")) {
      const { display, fontSize } = getComputedStyle(element);
      if (display === "inline" || element.closest("svg, select") || "value" in element) continue;
      // Where lines are close, accents and descenders may leave their line.
      const overhang = parseFloat(fontSize) / 3;
      if (
        element.scrollWidth > element.clientWidth + 1 ||
        element.scrollHeight > element.clientHeight + overhang
      ) {
        if (element.clientWidth) found.push(`${name(element)} runs out of its box`);
      }
    }
    const core = ({ left, right, top, bottom, height }) => ({
      left, right, top: top + height * 0.3, bottom: bottom - height * 0.3,
    });
    const items = pieces.map(({ parent, lines }) => ({ element: parent, boxes: lines.map(core) }));
    return [...found, ...overlaps(items)];
  };

  /** A link that stands in a line of text: words of its own parent are beside it. */
  const isInSentence = (element) =>
    getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && /\p{Letter}/u.test(node.data),
    );

  /** Targets under 24 by 24 pixels, links in sentences aside, and targets that overlap. */
  const smallTargets = () => {
    const targets = all(TARGETS).filter((element) => !isInSentence(element));
    const isLargeEnough = ({ width, height }) => Math.min(width, height) > SMALLEST - 0.01;
    const boxes = (element) => [...element.getClientRects()];
    return [
      ...targets
        .filter((element) => !boxes(element).some(isLargeEnough))
        .map((element) => {
          const { width, height } = element.getBoundingClientRect();
          return `${name(element)} is ${width.toFixed(1)} by ${height.toFixed(1)} pixels`;
        }),
      ...overlaps(targets.map((element) => ({ element, boxes: boxes(element) }))),
    ];
  };

  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const backgroundBehind = (element) => {
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      const color = getComputedStyle(outer).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };

  const radioStop = (form, name) =>
    form.querySelector(`[type=radio][name="${name}"]:checked`) ??
    form.querySelector(`[type=radio][name="${name}"]`);

  /** What Tab must stop at, in the order of the page; a group of radio buttons is one stop. */
  const stops = () =>
    all(`${TARGETS}, [tabindex="0"]`).filter(
      (element) =>
        !element.disabled &&
        (element.type !== "radio" || element === radioStop(element.form, element.name)),
    );

  /** What is wrong with how the focus shows. */
  const focusFindings = (element) => {
    const found = [];
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) {
      found.push(`${name(element)} has no outline`);
    } else if (contrast(outlineColor, backgroundBehind(element)) < 3) {
      found.push(`${name(element)} has an outline that is hard to see`);
    }
    const boxes = [...element.getClientRects()];
    const isInView = ({ left, right, top, bottom }) =>
      left > -1 && top > -1 && right < innerWidth + 1 && bottom < innerHeight + 1;
    if (!boxes.every(isInView)) found.push(`${name(element)} is out of view`);
    const [{ left, top, width, height }] = boxes;
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (!element.contains(hit)) found.push(`${name(element)} is covered`);
    return found;
  };

  const walk = { left: [], found: [] };

  /** Watches from now on where Tab leads. Says how often it must be pressed to leave the page. */
  const startWalk = () => {
    walk.left = stops();
    // The place of the focus is judged when it is about to move on: the page has scrolled by then.
    document.addEventListener("keydown", () => {
      const element = document.activeElement;
      if (element === document.body) return;
      if (element !== walk.left[0]) walk.found.push(`Tab comes to ${name(element)} out of turn`);
      walk.left = walk.left.filter((one) => one !== element);
      walk.found.push(...focusFindings(element));
    });
    return walk.left.length + 1;
  };

  const endWalk = () => [...walk.found, ...walk.left.map((one) => `Tab never comes to ${name(one)}`)];

  /** Buttons and fields without an edge, and links that neither an edge nor a line marks. */
  const edgeless = () =>
    all("main a[href], main .btn, main button, main input, main select").filter((element) => {
      const style = getComputedStyle(element);
      const hasEdge =
        style.borderBottomStyle !== "none" &&
        parseFloat(style.borderBottomWidth) >= 1 &&
        contrast(style.borderBottomColor, backgroundBehind(element)) >= 3;
      const isUnderlined = style.textDecorationLine.includes("underline");
      return !hasEdge && !(isUnderlined && !element.matches(".btn"));
    }).map((element) => `${name(element)} has no visible edge`);

  return { adopt, edgeless, endWalk, openDetails, smallTargets, spilledText, startWalk };
})();
