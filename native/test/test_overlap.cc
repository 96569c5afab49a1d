#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness.h"
#include "overlap/hash_postings.h"
#include "overlap/json_strings.h"
#include "overlap/sketch.h"
#include "overlap/units.h"
#include "tenbin/errors.h"
#include "tenbin/overlap_index.h"

using harness::below;
using harness::Random;
using tenbin::OverlapIndex;
using tenbin::OverlapKind;
using tenbin::OverlapMatch;
using tenbin::OverlapMatches;
using tenbin::OverlapOptions;
using tenbin::RowLayout;
using tenbin::TextRows;
using tenbin::Unit;

namespace {

const tenbin::Cancellation never;

const tenbin::Execution& execution() {
  static tenbin::ThreadPool pool(3);
  static const tenbin::Execution on{pool, tenbin::kernels_for(tenbin::Isa::kBaseline), never};
  return on;
}

std::vector<Unit> units_of(const std::string& text) {
  std::vector<Unit> units;
  std::string scratch;
  tenbin::for_each_unit(text, scratch, [&](Unit unit, std::size_t) { units.push_back(unit); });
  return units;
}

struct Packed {
  explicit Packed(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      bytes += text;
      offsets.push_back(static_cast<std::uint32_t>(bytes.size()));
    }
  }
  TextRows rows() const { return {bytes, offsets, {}}; }

  std::string bytes;
  std::vector<std::uint32_t> offsets{0};
};

OverlapIndex index_of(const std::vector<std::string>& texts, const OverlapOptions& options = {}) {
  OverlapIndex index(options);
  // In two parts, for texts come in batches.
  const auto middle = texts.begin() + static_cast<std::ptrdiff_t>(texts.size() / 2);
  index.add(Packed({texts.begin(), middle}).rows(), execution());
  index.add(Packed({middle, texts.end()}).rows(), execution());
  index.finish(execution());
  return index;
}

OverlapMatches match(const OverlapIndex& index, const std::vector<std::string>& rows) {
  const Packed packed(rows);
  return index.match({RowLayout::kTexts, packed.bytes, packed.offsets, {}}, execution());
}

std::string words(Random& random, std::size_t count, std::size_t vocabulary) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i ? " w" : "w") + std::to_string(below(random, vocabulary));
  return text;
}

/// A text of words and of Han characters, in stretches.
std::string mixed(Random& random, std::size_t count) {
  std::string text;
  while (count > 0) {
    const std::size_t stretch = std::min<std::size_t>(count, 1 + below(random, 40));
    count -= stretch;
    const bool han = below(random, 2) == 0;
    for (std::size_t i = 0; i < stretch; ++i) {
      if (han) {
        char bytes[4];
        text.append(bytes, tenbin::encode_utf8(static_cast<char32_t>(0x4e00 + below(random, 3)), bytes));
      } else {
        text += " v" + std::to_string(below(random, 2));
      }
    }
  }
  return text;
}

double weight_of(const std::vector<Unit>& units, std::size_t begin, std::size_t end, const OverlapOptions& options) {
  double weight = 0;
  for (std::size_t i = begin; i < end; ++i) {
    weight += 1.0 / (tenbin::stands_alone(units[i]) ? options.run_characters : options.run_words);
  }
  return weight;
}

struct NaiveRun {
  std::size_t length = 0;
  double weight = 0;
};

/// The longest run of units in both, and the heaviest, by trying every pair of places.
NaiveRun naive_run(const std::vector<Unit>& a, const std::vector<Unit>& b, const OverlapOptions& options) {
  NaiveRun best;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t n = 0;
      while (i + n < a.size() && j + n < b.size() && a[i + n] == b[j + n]) ++n;
      best.length = std::max(best.length, n);
      best.weight = std::max(best.weight, weight_of(a, i, i + n, options));
    }
  }
  return best;
}

double naive_similarity(const std::vector<Unit>& a, const std::vector<Unit>& b) {
  const std::set<Unit> in_a(a.begin(), a.end());
  const std::set<Unit> in_b(b.begin(), b.end());
  std::size_t common = 0;
  for (const Unit unit : in_a) common += in_b.count(unit);
  return static_cast<double>(common) / static_cast<double>(in_a.size() + in_b.size() - common);
}

/// (row, text) -> match
std::map<std::pair<std::uint32_t, std::uint32_t>, OverlapMatch> by_pair(const OverlapMatches& found) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, OverlapMatch> pairs;
  for (const OverlapMatch& one : found.matches) pairs.emplace(std::pair{one.row, one.text}, one);
  return pairs;
}

struct JsonReading {
  bool is_json;
  std::vector<std::string> texts;
  std::vector<std::string> paths;
};

JsonReading read_json(const std::string& json, const std::vector<std::string>& fields = {}) {
  JsonReading reading{};
  tenbin::JsonStrings strings(fields);
  reading.is_json = strings.read(json, [&](std::string_view text) {
    reading.texts.emplace_back(text);
    reading.paths.push_back(strings.path());
  });
  return reading;
}

}  // namespace

TEST(texts_that_look_alike_have_the_same_units) {
  const std::vector<std::vector<std::string>> alike = {
      {"The quick brown fox", "  the QUICK, brown... fox!", "The\nquick-brown_fox", "“The quick” (brown) fox"},
      {"don't stop", "Don’t stop", "dont STOP"},
      {"Straße", "STRASSE", "straſse"},
      {"caf\u00e9 ni\u00f1o", "cafe\u0301 nin\u0303o", "CAF\u00c9 NI\u00d1O"},
      {"\uff21\uff22\uff23 \uff11\uff12", "abc 12"},
      {"\ufb01lter o\ufb03ce", "filter office"},
      {"co\u00adoperate", "cooperate", "co\u200boperate"},
      {"\ud55c\uad6d\uc5b4", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165"},
      {"\u6771\u4eac\u30bf\u30ef\u30fc", "\u6771\u4eac \uff80\uff9c\uff70",
       "\u3000\u6771\u4eac\u3001\u30bf\u30ef\u30fc\u3002"},
      {"\u304c\u304e", "\u304b\u3099\u304d\u3099"},
      {"\u0391\u03a3 \u03c3\u03c2", "\u03b1\u03c2 \u03a3\u03a3"},
  };
  for (const auto& group : alike) {
    for (const std::string& other : group) CHECK_WITH(units_of(other) == units_of(group[0]), other);
  }
  CHECK(units_of("state of the art") != units_of("stateoftheart"));
  CHECK(units_of("\u6771\u4eac").size() == 2);
  CHECK(units_of("\u304b") != units_of("\u304c"));
  CHECK(units_of(" .,;!? \n\u3001\u3002 \xff\xfe").empty());
}

TEST(a_unit_says_where_it_begins) {
  std::string scratch;
  const std::string sentence = "  One \u6771\u4eac, d\u00e9j\u00e0vu two";
  std::vector<std::string> starts;
  tenbin::for_each_unit(sentence, scratch,
                        [&](Unit, std::size_t begin) { starts.push_back(sentence.substr(begin, 2)); });
  const std::vector<std::string> expected = {"On", "\xe6\x9d", "\xe4\xba", "d\xc3", "tw"};
  CHECK(starts == expected);
}

TEST(postings_are_those_that_were_added) {
  Random random(1);
  tenbin::HashPostings postings;
  std::multimap<std::uint64_t, std::uint32_t> oracle;
  std::vector<std::uint64_t> hashes;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const std::uint64_t hash = i % 3 == 0 && i > 0 ? hashes[below(random, hashes.size())] : random();
    hashes.push_back(hash);
    oracle.emplace(hash, i);
    postings.add(hash, i, 7);
  }
  postings.seal(2);
  for (const std::uint64_t hash : hashes) {
    const auto found = postings.find(hash);
    CHECK(found.size() == std::min<std::size_t>(2, oracle.count(hash)));
    auto expected = oracle.lower_bound(hash);
    for (const auto& entry : found) CHECK(entry.hash == hash && entry.text == (expected++)->second);
  }
  for (int i = 0; i < 1000; ++i) CHECK(postings.find(random()).empty());
  tenbin::HashPostings none;
  CHECK(none.find(0).empty());
  none.seal(1);
  CHECK(none.find(0).empty() && none.find(~0ull).empty());
}

TEST(of_a_frequent_hash_the_first_texts_and_positions_are_kept) {
  tenbin::HashPostings postings;
  for (std::uint32_t text = 0; text < 5; ++text) {
    for (std::uint32_t position = 10; position-- > 0;) postings.add(42, text, position);
  }
  postings.seal(3);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> kept, expected;
  for (const auto& entry : postings.find(42)) kept.emplace_back(entry.text, entry.position);
  for (std::uint32_t i = 0; i < 12; ++i) expected.emplace_back(i / 4, i % 4);
  CHECK(kept == expected);
}

TEST(jaccard_is_that_of_sets) {
  Random random(2);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<Unit> a(1 + below(random, 40)), b(1 + below(random, 40));
    for (auto* list : {&a, &b}) {
      for (Unit& value : *list) value = static_cast<Unit>(below(random, 30));
    }
    const std::set<Unit> in_a(a.begin(), a.end()), in_b(b.begin(), b.end());
    std::set<Unit> all(in_a);
    all.insert(in_b.begin(), in_b.end());
    std::vector<Unit> set_a, set_b;
    tenbin::make_set(a, set_a);
    tenbin::make_set(b, set_b);
    const double expected =
        static_cast<double>(in_a.size() + in_b.size() - all.size()) / static_cast<double>(all.size());
    CHECK(tenbin::jaccard(set_a, set_b) == expected);
  }
}

TEST(sketches_estimate_similarity_and_depend_on_the_set_alone) {
  Random random(3);
  for (const std::size_t size : {1u, 5u, 20u, 100u, 3000u}) {
    double error = 0;
    constexpr int kTrials = 60;
    for (int trial = 0; trial < kTrials; ++trial) {
      std::vector<std::uint64_t> a(size);
      for (auto& value : a) value = random();
      std::vector<std::uint64_t> b = a;
      for (std::size_t i = 0; i < size / 4; ++i) b[i] = random();
      tenbin::Sketch of_a, of_b, again;
      tenbin::make_sketch(a, of_a);
      tenbin::make_sketch(b, of_b);
      const auto estimated = tenbin::estimate(tenbin::bytes_of(of_a), tenbin::bytes_of(of_b));
      const auto changed = static_cast<double>(size / 4);
      const auto all = static_cast<double>(size);
      error += estimated - (all - changed) / (all + changed);
      // Another order, and repetitions.
      std::reverse(a.begin(), a.end());
      a.insert(a.end(), a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size / 2));
      tenbin::make_sketch(a, again);
      CHECK(again == of_a);
    }
    CHECK_WITH(std::abs(error / kTrials) < 0.03, size << ": " << error / kTrials);
  }
}

TEST(equal_words_are_exact_and_few_of_them_short) {
  const OverlapIndex index =
      index_of({"Climate change", "How many people live in Paris?", "climate CHANGE!", "", "..."});
  const auto found = by_pair(match(index, {"climate-change", "how many people live in paris", "", "how many people"}));
  CHECK(found.size() == 3);
  CHECK(found.at({0, 0}).kind == OverlapKind::kShort && found.at({0, 2}).kind == OverlapKind::kShort);
  CHECK(found.at({1, 1}).kind == OverlapKind::kExact && found.at({1, 1}).similarity == 1);
}

TEST(runs_are_those_of_a_search_through_all_places) {
  Random random(4);
  const OverlapOptions options{13, 50, 1};
  for (int trial = 0; trial < 30; ++trial) {
    // Few words, so that long runs come about, and stretches of one text in another.
    const auto make = [&] {
      return trial % 3 == 2 ? mixed(random, 1 + below(random, 120)) : words(random, 1 + below(random, 60), 2);
    };
    std::vector<std::string> texts, rows;
    for (int i = 0; i < 12; ++i) texts.push_back(make());
    for (int i = 0; i < 12; ++i)
      rows.push_back(make() + " " + texts[below(random, 12)].substr(0, 30 + 3 * below(random, 40)));
    const auto found = by_pair(match(index_of(texts, options), rows));
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const std::vector<Unit> in_row = units_of(rows[row]);
      for (std::uint32_t target = 0; target < texts.size(); ++target) {
        const std::vector<Unit> in_text = units_of(texts[target]);
        const NaiveRun run = naive_run(in_text, in_row, options);
        const auto at = found.find({row, target});
        const bool is_contained = at != found.end() && at->second.kind == OverlapKind::kContained;
        if (at != found.end() && !is_contained) continue;  // exact or near
        const bool whole = run.length == in_text.size() && run.weight >= 8.0 / 13;
        // Text of both kinds may need up to two words more.
        const double needed = trial % 3 == 2 ? 15.0 / 13 : 1 - 1e-9;
        if (run.weight >= needed) CHECK_WITH(is_contained, rows[row] << " | " << texts[target]);
        if (run.weight < 1 - 1e-9 && !whole) CHECK_WITH(!is_contained, rows[row] << " | " << texts[target]);
        if (is_contained && trial % 3 != 2) {
          CHECK(at->second.similarity == static_cast<float>(run.length) / static_cast<float>(in_text.size()));
        }
      }
    }
  }
}

TEST(near_duplicates_have_the_similarity_of_their_sets) {
  Random random(5);
  std::vector<std::string> texts, rows;
  std::size_t expected = 0;
  for (int i = 0; i < 400; ++i) {
    const std::size_t count = 10 + below(random, 200);
    texts.push_back(words(random, count, 20000));
    std::string copy = texts.back();
    // Every seventh word replaced.
    std::string row;
    for (std::size_t begin = 0, word = 0; begin < copy.size(); ++word) {
      const std::size_t end = std::min(copy.find(' ', begin), copy.size());
      row += (word % 7 == 3 ? "x" + std::to_string(random()) : copy.substr(begin, end - begin)) + " ";
      begin = end + 1;
    }
    rows.push_back(row);
  }
  std::size_t near = 0;
  for (const auto& [pair, found] : by_pair(match(index_of(texts), rows))) {
    CHECK(pair.first == pair.second);
    CHECK(found.kind == OverlapKind::kNear);
    const double similarity = naive_similarity(units_of(rows[pair.first]), units_of(texts[pair.second]));
    CHECK_WITH(std::abs(found.similarity - similarity) < 1e-6 && similarity >= 0.6, similarity);
    ++near;
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    expected += naive_similarity(units_of(rows[i]), units_of(texts[i])) >= 0.6;
  CHECK_WITH(expected > 380 && near >= expected * 95 / 100, near << " of " << expected);
}

TEST(rows_do_not_depend_on_layout_and_blocks) {
  Random random(6);
  std::vector<std::string> texts, rows;
  for (int i = 0; i < 50; ++i) texts.push_back(words(random, 30, 1000));
  std::string lines, json;
  for (int i = 0; i < 6000; ++i) {
    rows.push_back(i % 97 == 0 ? "before " + texts[below(random, 50)] + " behind" : words(random, 30, 1000));
    lines += rows.back() + "\n";
    json += "{\"a\": [" + std::to_string(i) + ", \"" + rows.back() + "\"]}\n";
  }
  json.pop_back();
  const OverlapIndex index = index_of(texts);
  const OverlapMatches packed = match(index, rows);
  const OverlapMatches by_lines = index.match({RowLayout::kLines, lines, {}, {}}, execution());
  const OverlapMatches by_json = index.match({RowLayout::kJsonLines, json, {}, {}}, execution());
  CHECK(packed.rows == 6000 && by_lines.rows == 6000 && by_json.rows == 6000);
  CHECK(packed.matches.size() == 62 && by_lines.matches.size() == 62 && by_json.matches.size() == 62);
  for (std::size_t i = 0; i < packed.matches.size(); ++i) {
    const OverlapMatch& a = packed.matches[i];
    const OverlapMatch& b = by_lines.matches[i];
    const OverlapMatch& c = by_json.matches[i];
    CHECK(a.row == b.row && a.row == c.row && a.text == b.text && a.text == c.text && a.excerpt == c.excerpt);
    CHECK(lines.substr(b.row_begin, b.row_end - b.row_begin) == rows[a.row]);
    CHECK(c.field == "a[1]" && a.excerpt.find(texts[a.text].substr(0, 20)) != std::string::npos);
  }
}

TEST(a_row_that_is_not_json_is_named) {
  const OverlapIndex index = index_of({"some text of more than a few words"});
  std::string json;
  for (int i = 0; i < 9000; ++i) json += "{\"t\": \"" + std::string(60, 'a') + "\"}\n\n";
  const std::size_t begin = json.size();
  json += "{\"t\": }\n{\"t\": 1}\n";
  const OverlapMatches found = index.match({RowLayout::kJsonLines, json, {}, {}}, execution());
  CHECK(found.bad_row == 18000 && found.bad_begin == begin && json.substr(begin, found.bad_end - begin) == "{\"t\": }");
}

TEST(json_strings_are_read_as_a_parser_would) {
  const JsonReading all = read_json(
      R"( {"a":"x","b":{"c":["y",{"d":"z"}, 1.5e-3, true, null]},"e\u0041":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud83dq"} )");
  CHECK(all.is_json);
  const std::vector<std::string> texts = {"x", "y", "z", "\"\\/\b\f\n\r\t\u00e9\U0001f600\ufffdq"};
  CHECK(all.texts == texts);
  const std::vector<std::string> paths = {"a", "b.c[0]", "b.c[1].d", "e\\u0041"};
  CHECK(all.paths == paths);
  const JsonReading some = read_json(R"({"a":"x","b":{"a":"no","c":"y"},"eA":["z"]})", {"a", "eA"});
  CHECK(some.texts == std::vector<std::string>({"x", "z"}));
  CHECK(read_json(R"({"b":"x","e\u0041":"z"})", {"eA"}).texts == std::vector<std::string>({"z"}));
  for (const char* good : {"\"a\"", "[]", "{}", "[[],{}]", " 0 ", "-1.5E+3", "true", "[1,\"\"]"})
    CHECK_WITH(read_json(good).is_json, good);
  for (const char* bad :
       {"",        "{",        "[",           "[1,]",      "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[1 2]",
        "\"a",     "\"\\x\"",  "\"\\u12g4\"", "01",        "1.",      "-",        "tru",   "[]]",        "{\"a\":1}}",
        "\"a\" 1", "\"\x01\"", "\"\\",        "[\"a\":1]", "nul",     "+1",       ",",     "]"}) {
    CHECK_WITH(!read_json(bad).is_json, bad);
  }
}

TEST(json_survives_damage) {
  Random random(7);
  const std::string good = R"({"a":"x\n","b":[{"c":"\u00e9y"},-1.5e3,true,null],"d":{"e":[[["z"]]]}})";
  for (int trial = 0; trial < 20000; ++trial) {
    std::string text = good.substr(0, 1 + below(random, good.size()));
    for (std::size_t i = 0; i < below(random, 4); ++i) text[below(random, text.size())] = static_cast<char>(random());
    // On the heap just so long, for a sanitizer to see what is read behind it.
    const std::vector<char> exact(text.begin(), text.end());
    tenbin::JsonStrings strings({});
    strings.read({exact.data(), exact.size()}, [&](std::string_view) { strings.path(); });
  }
}

TEST(text_that_repeats_itself_is_matched_in_linear_time) {
  std::string zeros;
  for (int i = 0; i < 20000; ++i) zeros += "0 ";
  std::vector<std::string> texts;
  for (int i = 0; i < 50; ++i) texts.push_back("t" + std::to_string(i) + " " + zeros.substr(0, 4000 + 2 * i));
  std::string row;
  for (int i = 0; i < 10; ++i) row += zeros;
  // Quadratic time would be minutes here, of which the harness has no notion but whoever waits.
  const OverlapMatches found = match(index_of(texts), {"some " + row});
  CHECK(found.matches.size() == 50);
  for (const OverlapMatch& one : found.matches) CHECK(one.kind == OverlapKind::kContained && one.similarity > 0.99f);
}

TEST(any_bytes_can_be_texts_and_rows) {
  Random random(8);
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) {
    std::string text(below(random, 200), ' ');
    for (char& c : text) c = static_cast<char>(below(random, 3) == 0 ? random() : 'a' + random() % 3);
    texts.push_back(text);
  }
  const OverlapMatches found = match(index_of(texts), texts);
  for (const OverlapMatch& one : found.matches) CHECK(one.text < 300 && one.similarity > 0 && one.similarity <= 1);
  for (std::uint32_t i = 0; i < 300; ++i) {
    if (!units_of(texts[i]).empty()) CHECK(by_pair(found).count({i, i}) == 1);
  }
}

TEST(mistakes_and_calls_out_of_turn_are_refused) {
  CHECK(harness::message_of<tenbin::InputError>([] {
          OverlapIndex({1, 50, 0.5});
        }) == "run_words must be between 2 and 1000");
  CHECK(harness::message_of<tenbin::InputError>([] {
          OverlapIndex({13, 0, 0.5});
        }) == "run_characters must be between 2 and 1000");
  CHECK(harness::message_of<tenbin::InputError>([] { OverlapIndex({13, 50, 0}); }) == "similarity must be in (0, 1]");
  OverlapIndex index(OverlapOptions{});
  CHECK(harness::message_of<tenbin::InputError>([&] { match(index, {"a"}); }) == "texts are not finished");
  tenbin::Cancellation raised;
  raised.cancel();
  const tenbin::Execution cancelled{execution().pool, execution().kernels, raised};
  CHECK(harness::message_of<tenbin::Cancelled>([&] { index.add(Packed({"a b"}).rows(), cancelled); }) == "cancelled");
  CHECK(index.size() == 0);
  index.add(Packed({"a b"}).rows(), execution());
  CHECK(harness::message_of<tenbin::Cancelled>([&] { index.finish(cancelled); }) == "cancelled");
  CHECK(harness::message_of<tenbin::InputError>([&] { match(index, {"a"}); }) == "texts were given up half way");
  const OverlapIndex ready = index_of({"a b c d e"});
  CHECK(harness::message_of<tenbin::Cancelled>([&] {
          ready.match({RowLayout::kLines, "a b c d e\n", {}, {}}, cancelled);
        }) == "cancelled");
  const std::uint32_t descending[] = {3, 1};
  CHECK(harness::message_of<tenbin::InputError>([&] {
          ready.match({RowLayout::kTexts, "abc", descending, {}}, execution());
        }) == "rows: offsets descend at row 0");
}
