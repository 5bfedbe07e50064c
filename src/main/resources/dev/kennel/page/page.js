'use strict';
(() => {
  const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow'];
  const LEVELS = [0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7]; // where a colour begins, as a share
  const NUMBERED = 20; // a grid of so many classes has its counts written in
  const SYMBOLS_SHOWN = 2000; // points of curves; more would be slow to draw and in each other's way
  const LINES = 12; // that a tip names
  const FONT = 'system-ui, sans-serif';

  let data;

  // As Figures.java writes them; toFixed alone rounds the binary number.
  const fixed = (value, digits) => {
    if (value == null) return '–';
    const size = Math.abs(value);
    const rounded = size < 1e-6 ? size : Number(Math.round(size + 'e' + digits) + 'e-' + digits);
    return (Math.sign(value) * rounded).toFixed(digits);
  };
  const share = (value) => (value == null ? '–' : fixed(100 * value, 1) + ' %');
  const figure = (value) => fixed(value, 3);
  const count = (value) => (value == null ? '–' : value.toLocaleString('en-US'));
  const percent = (value) => String(Math.round(1000 * value) / 10);
  const short = (value) =>
    value >= 1e9 ? value / 1e9 + ' G' : value >= 1e6 ? value / 1e6 + ' M'
      : value >= 1e3 ? value / 1e3 + ' k' : String(value);

  const name = (candidate) => data.candidates[candidate];
  const color = (candidate) => `var(--c${candidate % 8})`;
  const symbol = (candidate) => SYMBOLS[candidate % SYMBOLS.length];
  const pen = document.createElement('canvas').getContext('2d');
  const widest = (texts) => {
    pen.font = '12px ' + FONT;
    return Math.ceil(Math.max(...texts.map((text) => pen.measureText(text).width)));
  };
  const clipped = (text) => (text.length > 20 ? text.slice(0, 19) + '…' : text);

  /** Colours are the style sheet's variables, so that they follow it without being drawn again. */
  const axis = (title, more) => ({
    type: 'value',
    name: title,
    nameLocation: 'middle',
    nameGap: 32,
    nameTextStyle: {color: 'var(--muted)'},
    axisLabel: {color: 'var(--muted)', ...more.axisLabel},
    axisLine: {show: true, lineStyle: {color: 'var(--muted)'}},
    axisTick: {show: false},
    splitLine: {lineStyle: {color: 'var(--rule)'}},
    axisPointer: {label: {show: false}, lineStyle: {color: 'var(--muted)'}},
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'axisLabel')),
  });

  const chart = (more) => ({
    animation: false,
    textStyle: {fontFamily: FONT, fontSize: 12, color: 'var(--ink)'},
    ...more,
    tooltip: {
      backgroundColor: 'var(--paper)',
      borderColor: 'var(--rule)',
      textStyle: {color: 'var(--ink)', fontSize: 12},
      className: 'tip',
      confine: true,
      transitionDuration: 0,
      ...more.tooltip,
    },
  });

  const legend = (candidates, more = {}) => ({
    type: 'scroll',
    ...more,
    data: candidates.map(name),
    left: 0,
    top: 0,
    textStyle: {color: 'var(--ink)', fontFamily: FONT},
    inactiveColor: 'var(--rule)',
    pageIconColor: 'var(--ink)',
    pageIconInactiveColor: 'var(--rule)',
    pageTextStyle: {color: 'var(--muted)'},
  });

  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  const isNumber = (cell) => /^[-\d.,]+( %)?$|^–$/.test(cell);

  /** A table; what it says is set as text, so that names are harmless. */
  function table(header, rows) {
    const made = element('table', '');
    const head = made.createTHead().insertRow();
    const numbers = header.map((_, i) => i > 0 && rows.every((cells) => isNumber(cells[i])));
    header.forEach((title, i) =>
      head.append(element('th', title, {scope: 'col', ...(numbers[i] && {class: 'n'})})));
    const body = made.createTBody();
    for (const cells of rows) {
      const row = body.insertRow();
      cells.forEach((cell, i) => {
        const attributes = isNumber(cell) ? {class: 'n'} : {};
        row.append(i ? element('td', cell, attributes) : element('th', cell, {scope: 'row'}));
      });
    }
    return made;
  }

  function tip(title, rows) {
    const box = element('div', title);
    const body = element('table', '');
    for (const cells of rows.slice(0, LINES)) {
      const row = body.insertRow();
      cells.forEach((cell) => row.append(element('td', cell)));
    }
    box.append(body);
    if (rows.length > LINES) {
      box.append(element('div', `and ${rows.length - LINES} more lines`));
    }
    return box;
  }

  function curve(key, title, format, label) {
    const lines = new Map();
    for (const point of data.curve) {
      const line = [point.candidate, point.run, point.split].join('|');
      if (!lines.has(line)) lines.set(line, []);
      lines.get(line).push(point);
    }
    const epochs = data.curve.reduce((most, point) => Math.max(most, point.epoch), 1);
    const series = [...lines.values()].map((points) => {
      const {candidate, split} = points[0];
      const isTest = split === 'test';
      return {
        type: 'line',
        name: name(candidate),
        data: points.map((point) => ({value: [point.epoch, point[key]], point})),
        symbol: symbol(candidate),
        symbolSize: isTest ? 6 : 4,
        showSymbol: data.curve.length <= SYMBOLS_SHOWN,
        lineStyle: {
          color: color(candidate),
          width: isTest ? 2 : 1.25,
          type: {train: 'dashed', validation: 'dotted'}[split] || (isTest ? 'solid' : [2, 6]),
        },
        itemStyle: {color: color(candidate)},
        emphasis: {disabled: true},
        z: isTest ? 3 : 2,
      };
    });
    return chart({
      grid: {left: 52, right: 16, top: 36, bottom: 48},
      legend: legend(data.candidates.map((_, i) => i)),
      xAxis: axis('Epoch', {
        min: epochs > 1 ? 1 : 0,
        max: Math.max(2, epochs),
        minInterval: 1,
        splitLine: {show: false},
      }),
      yAxis: axis(title, {nameGap: 38, scale: true, axisLabel: {formatter: label}}),
      tooltip: {
        trigger: 'axis',
        formatter: (at) =>
          tip(
            `Epoch ${at[0].data.point.epoch}`,
            at.map(({data: {point}}) => [
              name(point.candidate), point.split, format(point[key]), point.run]),
          ),
      },
      series,
    });
  }

  const curveTable = (title, key, format) => [
    ['Candidate', 'Run', 'Epoch', 'Split', title],
    data.curve.map((point) => [
      name(point.candidate), point.run, point.epoch, point.split, format(point[key])]),
  ];

  /** Accuracy by something that is to be had for it. */
  function cost(key, title, format) {
    const points = data.cost.filter((point) => point[key] > 0);
    const values = points.map((point) => point[key]);
    const isLog = Math.max(...values) > 10 * Math.min(...values);
    const middle = isLog
      ? Math.sqrt(Math.max(...values) * Math.min(...values))
      : (Math.max(...values) + Math.min(...values)) / 2;
    const scale = isLog
      ? {
          type: 'log',
          min: 10 ** Math.floor(Math.log10(Math.min(...values))),
          max: 10 ** Math.ceil(Math.log10(Math.max(...values))),
        }
      : {min: 0};
    const interval = {
      type: 'custom',
      silent: true,
      data: points.filter((point) => point.lower != null).map((point) => [
        point[key], point.lower, point.upper, point.candidate]),
      encode: {x: 0, y: [1, 2]},
      renderItem: (_, api) => {
        const [x, low] = api.coord([api.value(0), api.value(1)]);
        const high = api.coord([api.value(0), api.value(2)])[1];
        return {
          type: 'line',
          shape: {x1: x, y1: low, x2: x, y2: high},
          style: {stroke: color(api.value(3)), lineWidth: 2, fill: 'none'},
        };
      },
    };
    return chart({
      grid: {left: 52, right: 24, top: 16, bottom: 48},
      xAxis: axis(title, {
        ...scale, splitLine: {show: false}, axisLabel: {formatter: short, hideOverlap: true}}),
      yAxis: axis('Accuracy (%)', {nameGap: 38, scale: true, axisLabel: {formatter: percent}}),
      tooltip: {
        formatter: ({data: {point}}) =>
          tip(name(point.candidate), [
            [title, format(point[key])],
            ['Accuracy', share(point.accuracy)],
            ...(point.lower == null
              ? []
              : [['95 % interval', `${fixed(100 * point.lower, 1)} to ${share(point.upper)}`]]),
          ]),
      },
      series: [
        interval,
        ...points.map((point) => ({
          type: 'scatter',
          name: name(point.candidate),
          data: [{value: [point[key], point.accuracy], point}],
          symbol: symbol(point.candidate),
          symbolSize: 11,
          itemStyle: {color: color(point.candidate), opacity: 1},
          emphasis: {disabled: true},
          label: {
            show: true,
            formatter: () => name(point.candidate),
            position: point[key] > middle ? 'left' : 'right',
            distance: 8,
            color: 'var(--ink)',
          },
          labelLayout: {hideOverlap: true},
        })),
      ],
    });
  }

  const costTable = (title, key, format) => [
    ['Candidate', title, 'Accuracy', '95 % interval from', 'to'],
    data.cost.map((point) => [
      name(point.candidate), format(point[key]), share(point.accuracy), share(point.lower),
      share(point.upper)]),
  ];

  const level = (part) => LEVELS.findLastIndex((from) => part >= from);

  function confusion(part, place) {
    const of = data.confusion[part];
    const classes = data.classes.length;
    const names = data.classes.map(clipped);
    const margin = 32 + widest(names);
    const fitting = Math.floor((place.clientWidth - margin - 8) / classes);
    const cell = Math.min(40, fitting < 12 ? 12 : fitting);
    const side = cell * classes;
    if (cell > fitting) place.tabIndex = 0; // so that keys scroll it
    const labels = (title, more) =>
      axis(title, {
        type: 'category',
        data: names,
        nameGap: margin - 14,
        splitLine: {show: false},
        axisLabel: {interval: 0, fontSize: cell < 14 ? 10 : 12, ...more.axisLabel},
        ...more.rest,
      });
    const option = chart({
      grid: {left: margin, top: margin, width: side, height: side},
      xAxis: labels('Predicted class', {
        axisLabel: {rotate: 90}, rest: {position: 'top'}}),
      yAxis: labels('Actual class', {rest: {inverse: true}}),
      tooltip: {
        formatter: ({data: [predicted, actual, images]}) =>
          tip(`${data.classes[actual]} taken for ${data.classes[predicted]}`, [
            ['Images', count(images)],
            ['Of the class', share(images / of.images[actual])],
          ]),
      },
      series: {
        type: 'custom',
        data: of.cells.map(([actual, predicted, images]) => [predicted, actual, images]),
        renderItem: (_, api) => {
          const [x, y] = api.coord([api.value(0), api.value(1)]);
          const step = level(api.value(2) / of.images[api.value(1)]);
          const gap = cell > 16 ? 1 : 0.25;
          return {
            type: 'rect',
            shape: {
              x: x - cell / 2 + gap, y: y - cell / 2 + gap,
              width: cell - 2 * gap, height: cell - 2 * gap,
            },
            style: {fill: `var(--h${step})`},
            ...(classes <= NUMBERED && {
              textContent: {
                style: {
                  text: count(api.value(2)),
                  fill: step > 3 ? 'var(--h6-ink)' : 'var(--h0-ink)',
                  font: `${cell < 30 ? 10 : 12}px ${FONT}`,
                },
              },
              textConfig: {position: 'inside'},
            }),
          };
        },
      },
    });
    return {option, width: margin + side + 8, height: margin + side + 8};
  }

  function levels() {
    const list = element('ul', '', {class: 'levels', 'aria-label': 'Share of the class’s images'});
    LEVELS.forEach((from, i) => {
      const to = LEVELS[i + 1] ?? 1;
      const item = element('li', '');
      const box = element('span', '');
      box.style.background = `var(--h${i})`;
      item.append(box, `${percent(from)} to ${percent(to)} %`);
      list.append(item);
    });
    return list;
  }

  const BARS = 40; // in a chart, as Sections.java says

  const barsOf = (part) => data.recall.slice(part * BARS, (part + 1) * BARS);

  function recall(part) {
    const bars = barsOf(part);
    const names = bars.map((bar) => clipped(data.classes[bar.position]));
    const wide = data.confusion.length > 1 ? 22 : 16;
    const height = 84 + wide * bars.length;
    const option = chart({
      grid: {
        left: 12 + widest(names),
        right: 16, top: 36, bottom: 48,
      },
      legend: legend(data.confusion.map((of) => of.candidate), {itemWidth: 12, itemHeight: 12}),
      xAxis: axis('Recall (%)', {min: 0, max: 1, axisLabel: {formatter: percent}}),
      yAxis: axis('', {type: 'category', data: names, inverse: true, axisLabel: {interval: 0}}),
      tooltip: {
        trigger: 'axis',
        axisPointer: {type: 'shadow', shadowStyle: {color: 'var(--rule)', opacity: 0.4}},
        formatter: (at) => {
          const bar = bars[at[0].dataIndex];
          return tip(
            data.classes[bar.position],
            data.confusion.map((of, i) => [name(of.candidate), share(bar.recalls[i])]));
        },
      },
      series: data.confusion.map((of, i) => ({
        type: 'bar',
        name: name(of.candidate),
        data: bars.map((bar) => bar.recalls[i]),
        itemStyle: {color: color(of.candidate)},
        barGap: 0,
        barCategoryGap: '25%',
        emphasis: {disabled: true},
      })),
    });
    return {option, height};
  }

  function recallTable(part) {
    const two = data.confusion.length === 2;
    return [
      ['Class', ...data.confusion.map((of) => name(of.candidate)), ...(two ? ['Gain'] : [])],
      barsOf(part).map((bar) => [
        data.classes[bar.position],
        ...bar.recalls.map(share),
        ...(two ? [bar.recalls.includes(null) ? '–' : share(bar.recalls[0] - bar.recalls[1])] : []),
      ]),
    ];
  }

  function calibration() {
    const candidates = [...new Set(data.calibration.map((bin) => bin.candidate))];
    const most = Math.max(...data.calibration.map((bin) => bin.images));
    return chart({
      grid: {left: 52, right: 16, top: 36, bottom: 48},
      legend: legend(candidates),
      xAxis: axis('Mean probability of the answers (%)', {
        min: 0, max: 1, axisLabel: {formatter: percent}}),
      yAxis: axis('Accuracy (%)', {nameGap: 38, min: 0, max: 1, axisLabel: {formatter: percent}}),
      tooltip: {
        formatter: ({data: {bin}}) =>
          tip(name(bin.candidate), [
            ['Mean probability', share(bin.meanProbability)],
            ['Accuracy', share(bin.accuracy)],
            ['Images', count(bin.images)],
          ]),
      },
      series: [
        {
          type: 'line',
          data: [[0, 0], [1, 1]],
          symbol: 'none',
          silent: true,
          tooltip: {show: false},
          lineStyle: {color: 'var(--muted)', type: 'dashed', width: 1},
        },
        ...candidates.map((candidate) => ({
          type: 'line',
          name: name(candidate),
          data: data.calibration
            .filter((bin) => bin.candidate === candidate)
            .map((bin) => ({value: [bin.meanProbability, bin.accuracy], bin})),
          symbol: symbol(candidate),
          symbolSize: (_, {data: {bin}}) => 5 + 11 * Math.sqrt(bin.images / most),
          lineStyle: {color: color(candidate), width: 1.5},
          itemStyle: {color: color(candidate)},
          emphasis: {disabled: true},
        })),
      ],
    });
  }

  const seconds = (value) => fixed(value, 1);

  const KINDS = {
    loss: {
      draw: () => ({option: curve('loss', 'Loss (nats)', figure, String)}),
      table: () => curveTable('Loss (nats)', 'loss', figure),
    },
    accuracy: {
      draw: () => ({option: curve('accuracy', 'Accuracy (%)', share, percent)}),
      table: () => curveTable('Accuracy', 'accuracy', share),
    },
    seconds: {
      draw: () => ({option: cost('seconds', 'Training of a run (seconds)', seconds)}),
      table: () => costTable('Training (seconds)', 'seconds', seconds),
    },
    parameters: {
      draw: () => ({option: cost('parameters', 'Parameters', count)}),
      table: () => costTable('Parameters', 'parameters', count),
    },
    confusion: {
      draw: confusion,
      table: (part) => {
        const {cells, images} = data.confusion[part];
        return [
          ['Actual class', 'Predicted class', 'Images', 'Of the class'],
          [...cells].sort((a, b) => b[2] - a[2]).map(([actual, predicted, found]) => [
            data.classes[actual], data.classes[predicted], count(found),
            share(found / images[actual])]),
        ];
      },
    },
    recall: {draw: recall, table: recallTable},
    calibration: {
      draw: () => ({option: calibration()}),
      table: () => [
        ['Candidate', 'Probability from', 'to', 'Images', 'Mean probability', 'Accuracy'],
        data.calibration.map((bin) => [
          name(bin.candidate), share(bin.lower), share(bin.upper), count(bin.images),
          share(bin.meanProbability), share(bin.accuracy)]),
      ],
    },
  };

  function draw(place) {
    const {option, width, height} = KINDS[place.dataset.kind].draw(Number(place.dataset.part), place);
    echarts.getInstanceByDom(place)?.dispose();
    if (height && place.dataset.kind !== 'confusion') place.style.height = height + 'px';
    const drawn = echarts.init(place, null, {renderer: 'svg', width, height});
    drawn.setOption(option);
    const svg = place.querySelector('svg');
    // With it, the style sheet can scale the drawing to a printed page.
    svg.setAttribute('viewBox', `0 0 ${drawn.getWidth()} ${drawn.getHeight()}`);
    svg.querySelector('rect[id="0"]')?.removeAttribute('id'); // of every background the same
    place.dataset.width = place.clientWidth;
  }

  function tabulate(details) {
    if (details.querySelector('table')) return;
    const place = details.parentElement.querySelector('.chart');
    const caption = details.parentElement.querySelector('figcaption').textContent;
    const box = element('div', '', {
      class: 'scroll', role: 'region', tabindex: 0, 'aria-label': caption + ', as a table'});
    box.append(table(...KINDS[place.dataset.kind].table(Number(place.dataset.part))));
    details.append(box);
  }

  const resized = new ResizeObserver((entries) => {
    for (const {target} of entries) {
      if (Number(target.dataset.width) !== target.clientWidth) draw(target);
    }
  });

  function show() {
    data = JSON.parse(document.getElementById('data').textContent);
    document.querySelectorAll('.confusion .chart').forEach((place) => place.before(levels()));
    document.querySelectorAll('.chart').forEach((place) => {
      draw(place);
      resized.observe(place);
    });
    document.querySelectorAll('details.data').forEach((details) =>
      details.addEventListener('toggle', () => tabulate(details)));
  }

  show();

  // Of a page that is served while a run goes on: takes what is new, and leaves the reader in place.
  const live = document.getElementById('live');

  async function refresh() {
    const answer = await fetch('/version');
    const version = await answer.text();
    if (!answer.ok || version === document.body.dataset.version) {
      return;
    }
    const text = await (await fetch('/')).text();
    const fresh = new DOMParser().parseFromString(text, 'text/html');
    const open = [...document.querySelectorAll('details[open]')].map((details) => details.id);
    const focused = document.activeElement?.closest('[id]')?.id;
    const {scrollX, scrollY} = window;
    resized.disconnect();
    document.querySelectorAll('.chart').forEach((place) => echarts.getInstanceByDom(place)?.dispose());
    document.getElementById('page').replaceWith(fresh.getElementById('page'));
    document.title = fresh.title;
    document.body.dataset.version = fresh.body.dataset.version;
    show();
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) {
        details.open = true;
        if (details.classList.contains('data')) tabulate(details);
      }
    }
    const again = focused && document.getElementById(focused);
    (again?.querySelector('summary') ?? again)?.focus({preventScroll: true});
    window.scrollTo(scrollX, scrollY);
    live.textContent = `Updated at ${new Date().toLocaleTimeString()}.`;
  }

  async function follow() {
    try {
      await refresh();
      if (live.dataset.lost) {
        live.textContent = '';
        delete live.dataset.lost;
      }
    } catch (e) {
      if (!live.dataset.lost) {
        live.textContent = 'kennel report --watch has ended; this page no longer changes.';
        live.dataset.lost = true;
      }
    }
    setTimeout(follow, 2000);
  }

  if (document.body.dataset.version) setTimeout(follow, 2000);
})();
