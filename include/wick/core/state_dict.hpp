#pragma once

// StateDict: ordered names and tensors; and the comparison of a state dict with a
// model, in PyTorch's order and words.

#include <wick/core/any_tensor.hpp>
#include <wick/core/error.hpp>
#include <wick/core/quote.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Ordered map from names to tensors, like the OrderedDict of a PyTorch module.
///
/// A snapshot: later changes of the model do not show in it. Names are unique.
class StateDict {
 public:
  using Entry = std::pair<std::string, AnyTensor>;

  StateDict() = default;
  StateDict(std::initializer_list<Entry> entries) {
    for (const auto& [name, tensor] : entries) insert(name, tensor);
  }

  /// Appends an entry. Throws IndexError if the name is taken.
  void insert(std::string name, const AnyTensor& tensor) {
    if (contains(name)) throw IndexError("StateDict: the key \"" + name + "\" exists already");
    entries_.emplace_back(std::move(name), tensor);
    index_.emplace(entries_.back().first, entries_.size() - 1);
  }

  [[nodiscard]] const AnyTensor* find(std::string_view name) const noexcept {
    const auto it = index_.find(name);
    return it == index_.end() ? nullptr : &entries_[it->second].second;
  }
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Throws IndexError for a name that is not there.
  [[nodiscard]] const AnyTensor& operator[](std::string_view name) const {
    if (const AnyTensor* t = find(name)) return *t;
    throw IndexError("StateDict: no key \"" + std::string(name) + "\" among " + std::to_string(size()) +
                     " keys");
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  /// The names in order; streams as Python prints `state_dict().keys()`.
  class Keys : public std::vector<std::string> {
   public:
    using std::vector<std::string>::vector;
    friend std::ostream& operator<<(std::ostream& out, const Keys& keys) {
      return out << "odict_keys(" + detail::python_list(keys) + ")";
    }
  };
  [[nodiscard]] Keys keys() const {
    Keys keys;
    keys.reserve(size());
    for (const auto& entry : entries_) keys.push_back(entry.first);
    return keys;
  }

  /// Same keys in the same order with equal tensors.
  friend bool operator==(const StateDict& a, const StateDict& b) { return a.entries_ == b.entries_; }

 private:
  std::vector<Entry> entries_;
  // Files name as many tensors as they like: looking a name up must not take longer
  // and longer.
  std::map<std::string, std::size_t, std::less<>> index_;
};

/// What load_state_dict leaves behind when it does not throw.
///
/// Streams `<All keys matched successfully>`, or PyTorch's `_IncompatibleKeys(...)`.
struct LoadResult {
  std::vector<std::string> missing_keys;
  std::vector<std::string> unexpected_keys;

  [[nodiscard]] bool all_matched() const noexcept { return missing_keys.empty() && unexpected_keys.empty(); }

  friend std::ostream& operator<<(std::ostream& out, const LoadResult& r) {
    if (r.all_matched()) return out << "<All keys matched successfully>";
    return out << "_IncompatibleKeys(missing_keys=" + detail::python_list(r.missing_keys) +
                      ", unexpected_keys=" + detail::python_list(r.unexpected_keys) + ")";
  }
};

/// What a model expects of a state dict.
struct StateDictSpec {
  struct Tensor {
    std::string name;
    Shape shape;
  };
  std::string class_name;       ///< for the message, e.g. `Network`
  std::vector<Tensor> tensors;  ///< in model order
  /// Paths of modules in model order, e.g. `hidden_layers`, `output`, `dropout`. Needed
  /// for modules without tensors, and for the others only to say which come before
  /// those: strays are reported module by module.
  std::vector<std::string> modules{};
};

namespace detail {

/// Whether load_state_dict copies a tensor of shape `found` into one of shape
/// `wanted`: PyTorch still takes the one-element vectors that it once wrote for scalars.
inline bool loadable(const Shape& found, const Shape& wanted) noexcept {
  return found == wanted || (wanted.dim() == 0 && found.dim() == 1 && found.numel() == 1);
}

/// The module tree behind dotted names, to report strays module by module.
struct ModuleNode {
  std::string name;
  std::vector<std::string> tensors;
  std::vector<ModuleNode> children;

  ModuleNode& child(std::string_view wanted) {
    const auto it = std::ranges::find(children, wanted, &ModuleNode::name);
    if (it != children.end()) return *it;
    return children.emplace_back(ModuleNode{std::string(wanted), {}, {}});
  }
  void add(std::string_view path, bool is_tensor) {
    const auto dot = path.find('.');
    if (dot != std::string_view::npos) {
      child(path.substr(0, dot)).add(path.substr(dot + 1), is_tensor);
    } else if (is_tensor) {
      tensors.emplace_back(path);
    } else {
      child(path);
    }
  }
  void collect_unexpected(const StateDict& sd, const std::string& prefix,
                          std::vector<std::string>& out) const {
    // PyTorch looks for this reserved name first.
    const std::string extra_state = prefix + "_extra_state";
    if (sd.contains(extra_state)) out.push_back(extra_state);
    for (const auto& [key, tensor] : sd) {
      if (!key.starts_with(prefix) || key == extra_state) continue;
      const std::string_view rest = std::string_view(key).substr(prefix.size());
      const auto dot = rest.find('.');
      const bool known =
          dot == std::string_view::npos
              ? std::ranges::find(tensors, rest) != tensors.end()
              : std::ranges::find(children, rest.substr(0, dot), &ModuleNode::name) != children.end();
      if (!known) out.push_back(key);
    }
    for (const auto& c : children) c.collect_unexpected(sd, prefix + c.name + ".", out);
  }
};

inline std::string quoted_list(const std::vector<std::string>& keys) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "\"" : ", \"") + key + "\"";
  return text;
}

}  // namespace detail

/// Compares `sd` with what the model expects and changes nothing.
///
/// Throws one StateDictError with everything that is wrong, worded and ordered as
/// torch.nn.Module.load_state_dict: missing keys, unexpected keys (both only when
/// `strict`), then every size mismatch in model order. Otherwise returns the
/// missing and unexpected keys.
[[nodiscard]] inline LoadResult check_state_dict(const StateDictSpec& spec, const StateDict& sd,
                                                 bool strict = true) {
  LoadResult result;
  std::vector<std::string> mismatched;
  std::vector<std::string> problems;
  detail::ModuleNode root;
  for (const auto& path : spec.modules) root.add(path, false);
  for (const auto& t : spec.tensors) {
    root.add(t.name, true);
    const AnyTensor* found = sd.find(t.name);
    if (found == nullptr) {
      result.missing_keys.push_back(t.name);
    } else if (!detail::loadable(found->shape(), t.shape)) {
      mismatched.push_back(t.name);
      problems.push_back("size mismatch for " + t.name + ": copying a param with shape " +
                         found->shape().torch_str() + " from checkpoint, the shape in current model is " +
                         t.shape.torch_str() + ".");
    }
  }
  root.collect_unexpected(sd, "", result.unexpected_keys);
  if (strict) {
    if (!result.unexpected_keys.empty()) {
      problems.insert(problems.begin(), "Unexpected key(s) in state_dict: " +
                                            detail::quoted_list(result.unexpected_keys) + ". ");
    }
    if (!result.missing_keys.empty()) {
      problems.insert(problems.begin(),
                      "Missing key(s) in state_dict: " + detail::quoted_list(result.missing_keys) + ". ");
    }
  }
  if (problems.empty()) return result;
  std::string text = "Error(s) in loading state_dict for " + spec.class_name + ":";
  for (const auto& p : problems) text += "\n\t" + p;
  throw StateDictError(text, result.missing_keys, result.unexpected_keys, mismatched);
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
