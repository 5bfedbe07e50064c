// Makes an image of a chart's description, which dev.kennel.notebook.Chart writes as JSON.

// Colours that the colour-blind can tell apart (Okabe and Ito), dark enough on white.
var COLORS = ['#0072b2', '#d0550a', '#009e73', '#b8548c', '#9a7400', '#3a8fc4', '#7a4fc0', '#444444'];
var DASHES = ['solid', 'dashed', 'dotted'];
var SYMBOLS = ['circle', 'rect', 'triangle', 'diamond'];
var INK = '#333333';
var RULE = '#dddddd';

function draw(json) {
  var chart = JSON.parse(json);
  var width = Number(chart.width || 720);
  var height = Number(chart.height || 360);
  var image = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height: height});
  try {
    image.setOption(chart.kind === 'heatmap' ? heatmap(chart) : axes(chart));
    return image.renderToSVGString();
  } finally {
    image.dispose();
  }
}

function common(chart, more) {
  var option = {
    animation: false,
    backgroundColor: '#ffffff', // legible on a dark page too
    color: COLORS,
    textStyle: {fontFamily: 'sans-serif', color: INK},
    title: {
      text: chart.title || '', left: 8, top: 6,
      textStyle: {fontFamily: 'sans-serif', fontSize: 15, fontWeight: 'bold', color: INK}
    }
  };
  for (var key in more) {
    option[key] = more[key];
  }
  return option;
}

function column(chart, name) {
  var place = chart.columns.indexOf(name);
  return chart.rows.map(function (row) { return row[place]; });
}

function distinct(values) {
  var seen = {};
  return values.filter(function (value) {
    var isNew = !seen.hasOwnProperty(value);
    seen[value] = true;
    return isNew;
  });
}

function strings(values) {
  return values.map(function (value) { return value === null ? 'NULL' : String(value); });
}

// Lines, bars and points: a series for each colour, column of y and group.
function axes(chart) {
  var isBar = chart.kind === 'bar' || chart.kind === 'barh';
  var isCategory = isBar || !chart.xIsNumber;
  var xs = column(chart, chart.x);
  xs = isCategory ? strings(xs) : xs;
  var colors = chart.color ? strings(column(chart, chart.color)) : null;
  var groups = chart.group ? strings(column(chart, chart.group)) : null;
  var lows = chart.low ? column(chart, chart.low) : null;
  var highs = chart.high ? column(chart, chart.high) : null;
  var colorNames = colors ? distinct(colors) : [''];
  var isFlipped = chart.kind === 'barh';
  var series = [];
  var places = {};
  var ranges = [];

  chart.ys.forEach(function (y, yPlace) {
    var values = column(chart, y);
    xs.forEach(function (x, i) {
      var color = colors ? colors[i] : '';
      var colorPlace = colorNames.indexOf(color);
      // Several columns of y differ in colour where nothing else does, else in dashes.
      var shade = colors ? colorPlace : yPlace;
      var key = JSON.stringify([color, y, groups ? groups[i] : '']);
      if (!places.hasOwnProperty(key)) {
        places[key] = series.length;
        series.push({
          type: chart.kind === 'barh' ? 'bar' : chart.kind,
          name: [color, chart.ys.length > 1 || !colors ? y : ''].filter(String).join(' '),
          data: [],
          itemStyle: {color: COLORS[shade % COLORS.length]},
          lineStyle: {width: 2, type: DASHES[(colors ? yPlace : 0) % DASHES.length]},
          symbol: SYMBOLS[shade % SYMBOLS.length],
          symbolSize: chart.kind === 'scatter' ? 9 : 5,
          showSymbol: xs.length <= 400,
          barMaxWidth: 36
        });
      }
      if (values[i] === null) {
        return;
      }
      series[places[key]].data.push(isFlipped ? [values[i], x] : [x, values[i]]);
      if (lows && lows[i] !== null && highs[i] !== null) {
        ranges.push({series: places[key], x: x, low: lows[i], high: highs[i]});
      }
    });
  });

  if (chart.kind === 'line' && !isCategory) {
    series.forEach(function (one) { one.data.sort(function (a, b) { return a[0] - b[0]; }); });
  }
  var names = distinct(series.map(function (one) { return one.name; }));
  var hasLegend = names.length > 1;
  // Bars of different colours share a place, unless there are several in one.
  var isAlone = distinct(xs).length === xs.length && chart.ys.length === 1;
  if (isBar && isAlone) {
    series.forEach(function (one) { one.stack = 'all'; });
  }
  series = series.concat(rangeMarks(ranges, series, isBar, isFlipped, isAlone));
  var category = categoryAxis(chart, chart.x, distinct(xs), isFlipped);
  var xAxis = isCategory ? category : valueAxis(chart.x, true, xs.every(isWhole), 'x');
  var yAxis = valueAxis(chart.ys.length > 1 ? '' : chart.ys[0], !isBar, false, isFlipped ? 'x' : 'y');
  var top = (chart.title ? 34 : 8) + (hasLegend ? 26 : 0) + (yAxis.name && !isFlipped ? 24 : 8);
  return common(chart, {
    legend: {
      show: hasLegend, data: names, left: 8, top: chart.title ? 32 : 6,
      textStyle: {color: INK}, itemGap: 26, itemWidth: chart.kind === 'scatter' ? 14 : 28
    },
    grid: {left: 16, right: 28, top: top, bottom: isFlipped || !isCategory ? 34 : 14, containLabel: true},
    xAxis: isFlipped ? yAxis : xAxis,
    yAxis: isFlipped ? xAxis : yAxis,
    series: series
  });
}

function isWhole(value) {
  return value === null || Math.floor(value) === value;
}

function valueAxis(name, isCut, isWholeOnly, side) {
  return {
    type: 'value',
    name: name,
    nameLocation: side === 'x' ? 'middle' : 'end',
    nameGap: side === 'x' ? 30 : 12,
    nameTextStyle: {color: INK, align: side === 'x' ? 'center' : 'left'},
    scale: isCut, // bars begin at nought
    minInterval: isWholeOnly ? 1 : 0,
    axisLine: {show: true, lineStyle: {color: '#888888'}},
    axisLabel: {color: INK},
    splitLine: {lineStyle: {color: RULE}}
  };
}

function categoryAxis(chart, name, categories, isFlipped) {
  var letters = categories.join('').length;
  return {
    type: 'category',
    data: categories,
    inverse: isFlipped, // the first row on top
    axisLine: {lineStyle: {color: '#888888'}},
    axisTick: {show: false},
    axisLabel: {
      color: INK,
      interval: categories.length <= 40 ? 0 : 'auto',
      rotate: !isFlipped && (letters > 80 || categories.length > 12) ? 45 : 0
    }
  };
}

// From low to high, with a stroke at each end. Bars of one place stand beside each other, points and lines do not.
function rangeMarks(ranges, series, isBar, isFlipped, isAlone) {
  var marked = distinct(ranges.map(function (range) { return range.series; }));
  return marked.map(function (place) {
    return {
      type: 'custom',
      name: series[place].name,
      z: 5,
      itemStyle: {color: isBar ? INK : series[place].itemStyle.color},
      data: ranges
        .filter(function (range) { return range.series === place; })
        .map(function (range) { return [range.x, range.low, range.high]; }),
      encode: isFlipped ? {x: [1, 2], y: 0} : {x: 0, y: [1, 2]},
      renderItem: function (parameters, api) {
        var x = api.value(0);
        var from = api.coord(isFlipped ? [api.value(1), x] : [x, api.value(1)]);
        var to = api.coord(isFlipped ? [api.value(2), x] : [x, api.value(2)]);
        var shift = isBar && !isAlone ? barShift(place, series.length, api) : 0;
        return {
          type: 'group',
          children: [[from, to], [from, from], [to, to]].map(function (ends, stroke) {
            var wide = stroke === 0 ? 0 : 5;
            return {
              type: 'line',
              shape: isFlipped
                ? {x1: ends[0][0], y1: ends[0][1] + shift - wide, x2: ends[1][0], y2: ends[1][1] + shift + wide}
                : {x1: ends[0][0] + shift - wide, y1: ends[0][1], x2: ends[1][0] + shift + wide, y2: ends[1][1]},
              style: {stroke: api.visual('color'), lineWidth: 1.5}
            };
          })
        };
      }
    };
  });
}

function barShift(place, count, api) {
  var layout = api.barLayout({count: count, barMaxWidth: 36});
  return layout[place].offsetCenter;
}

function heatmap(chart) {
  var xs = strings(column(chart, chart.x));
  var ys = strings(column(chart, chart.ys[0]));
  var values = column(chart, chart.color);
  var columns = distinct(xs);
  var lines = distinct(ys);
  var known = values.filter(function (value) { return value !== null; });
  var xAxis = categoryAxis(chart, chart.x, columns, false);
  var yAxis = categoryAxis(chart, chart.ys[0], lines, true);
  xAxis.name = chart.x;
  xAxis.nameLocation = 'middle';
  xAxis.nameGap = xAxis.axisLabel.rotate ? 64 : 30;
  xAxis.nameTextStyle = {color: INK};
  yAxis.name = chart.ys[0];
  yAxis.nameLocation = 'start'; // on top: the axis runs downwards
  yAxis.nameTextStyle = {color: INK};
  return common(chart, {
    grid: {
      left: 16, right: 80, top: chart.title ? 60 : 34, bottom: xAxis.axisLabel.rotate ? 24 : 34, containLabel: true
    },
    xAxis: xAxis,
    yAxis: yAxis,
    visualMap: {
      type: 'continuous', right: 6, top: 'middle', itemHeight: 140, itemWidth: 14,
      min: Math.min.apply(null, known.concat([0])), max: Math.max.apply(null, known.concat([1])),
      inRange: {color: ['#ffffff', '#6fb1de']}, // light enough for dark figures
      text: [String(Math.max.apply(null, known.concat([1]))), String(Math.min.apply(null, known.concat([0])))],
      textStyle: {color: INK}
    },
    series: [{
      type: 'heatmap',
      data: values.map(function (value, i) { return [xs[i], ys[i], value === null ? '-' : value]; }),
      itemStyle: {borderColor: '#ffffff', borderWidth: 1},
      label: {
        show: columns.length * lines.length <= 400,
        color: INK,
        formatter: function (cell) { return cell.value[2] === 0 ? '' : String(cell.value[2]); }
      }
    }]
  });
}
